import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';
import { createSession } from './testing/mailbox-sessions.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const spend = async (sessionId: string, turn: number, tokens: number): Promise<void> => {
  await store.database.query(
    `INSERT INTO requests (session_id, turn, step, agent, model, purpose, input, output, cache_read, cache_write, reasoning, cost, is_estimated)
     VALUES ($1, $2, 1, 'default', 'm', 'reply', $3 - 1, 1, 0, 0, 0, $3::double precision / 1000, false)`,
    [sessionId, turn, tokens],
  );
};

test('what a session has used counts its background agents, and theirs; that of a turn is its own', async () => {
  const { id: child, parentId } = await createSession(store, 'subagent');
  const parent = parentId ?? '';
  const grandchild = `s_of_${child}`;
  const row = { label: 'l', prompt: 'p', agent: 'default', model: 'm', allow: [], definition: null };
  const spawned = {
    id: `a_of_${grandchild.slice('s_'.length)}`,
    parentSessionId: child,
    turn: 1,
    onParentEnd: undefined,
    ...row,
  };
  await store.subagents.spawn(spawned, { subagentDepth: 3 });
  const below = (await store.subagents.find(spawned.id))?.sessionId ?? '';
  const { id: stranger } = await createSession(store, 'none');
  await spend(parent, 1, 100);
  await spend(parent, 2, 200);
  await spend(child, 1, 1000);
  await spend(below, 1, 10_000);
  await spend(stranger, 1, 5);
  const all = { tokens: 11_300, dollars: 11.3 };
  for (const session of [parent, child, below]) expect(await store.runLimits.spentBySession(session)).toEqual(all);
  expect(await store.runLimits.spentBySession(stranger)).toEqual({ tokens: 5, dollars: 0.005 });
  expect(await store.runLimits.spentByTurn(parent, 2)).toEqual({ tokens: 200, dollars: 0.2 });
  expect(await store.runLimits.spentByTurn(parent, 3)).toEqual({ tokens: 0, dollars: 0 });
});
