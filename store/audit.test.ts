import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const act = (target: string, fields: { key?: string } = {}) => ({
  ...{ user: 'alice', role: 'operator', action: 'session.create', target },
  ...fields,
});
const add = (name: string) => ({
  hash: name,
  kind: 'token' as const,
  name,
  role: 'viewer' as const,
  expiresInSeconds: null,
});
const targets = async () => (await store.audit.list({ limit: 500 })).records.map(({ target }) => target);

test('an act and its record are committed together, or not at all', async () => {
  await store.act(act('kept'), ({ users }) => users.add(add('kept')));
  const failing = store.act(act('lost'), async ({ users }) => {
    await users.add(add('lost'));
    throw new Error('cut off');
  });
  await expect(failing).rejects.toThrow('cut off');
  const refused = store.act(act('no-record', { key: 'x'.repeat(10_000) }), async ({ users, audit }) => {
    await users.add(add('no-record'));
    // A row that Postgres refuses, as it would the record.
    await audit.write({ ...act('no-record'), action: null as unknown as string });
  });
  await expect(refused).rejects.toThrow(/null value in column "action"/);
  expect((await store.users.list()).map(({ name }) => name)).toEqual(['kept']);
  expect(await targets()).toEqual(['kept']);
});

test('what did not happen is not recorded, and what is given twice is recorded once', async () => {
  await store.act(
    act('nothing'),
    async () => false,
    (done) => done,
  );
  for (const _ of [1, 2]) await store.act(act('once', { key: 'session.create once' }), async () => true);
  const recorded = await targets();
  expect(recorded).not.toContain('nothing');
  expect(recorded.filter((target) => target === 'once')).toHaveLength(1);
});

test.each(['UPDATE audit SET user_name = $1', 'DELETE FROM audit WHERE user_name <> $1', 'TRUNCATE audit'])(
  'the log only grows: %s',
  async (statement) => {
    const before = await targets();
    const values = statement.includes('$1') ? ['nobody'] : [];
    await expect(store.database.query(statement, values)).rejects.toMatchObject({ code: '42501' });
    expect(await targets()).toEqual(before);
  },
);

test('pages go by key: what is written meanwhile moves none of them', async () => {
  for (let index = 0; index < 25; index++) await store.audit.write({ ...act(`page-${index}`), user: 'pager' });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.audit.list({ limit: 10, user: 'pager', cursor });
    seen.push(...page.records.map(({ target }) => target));
    await store.audit.write({ ...act('later'), user: 'pager' });
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `page-${24 - index}`));
  for (const wrong of ['x', '1; DROP TABLE audit', '-1', '9'.repeat(16)]) {
    await expect(store.audit.list({ limit: 1, cursor: wrong })).rejects.toMatchObject({ code: 'bad_request' });
  }
});
