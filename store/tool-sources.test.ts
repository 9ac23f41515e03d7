import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { noOffers } from '../contracts/tool-sources.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 1000 });
});
afterAll(() => store.close());

test('what a tool offers is read back as the same bytes: a model is asked with them', async () => {
  const schema = { type: 'object', properties: { word: { type: 'string' }, a: {} }, required: ['word'] };
  const tool = { name: 'shout', own: 'shout', description: '', schema, permission: 'read', effect: 'pure' } as const;
  const offers = { ...noOffers, tools: [tool] };
  const source = { kind: 'file', name: 'shout.ts', digest: 'one' } as const;
  await store.toolSources.offered({ ...source, offers });
  expect(JSON.stringify((await store.toolSources.list())[0]?.offers)).toBe(JSON.stringify(offers));
  await store.toolSources.failed({ ...source, fault: 'gone', none: noOffers });
  expect(JSON.stringify((await store.toolSources.list())[0]?.offers)).toBe(JSON.stringify(offers));
});
