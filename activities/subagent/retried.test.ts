import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openStore, type Store } from '../../store/store.ts';
import { createSession } from '../../store/testing/mailbox-sessions.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { createSubagentActivities } from './create-subagent-activities.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const open = async () => {
  const subagentLimits = { subagentsPerSession: 10, subagents: 1000, subagentDepth: 3 };
  const activities = createSubagentActivities({ store, subagentLimits });
  const session = await createSession(store, 'subagent');
  const id = session.subagentId ?? '';
  return { ...activities, sessionId: session.id, of: { id } };
};

const settle = async (sessionId: string, turn: number): Promise<void> => {
  await store.turns.settle({ sessionId, turn, status: 'failed', code: 'internal', chunks: [] });
};

test('its end is asked for again after a worker died with the answer: it still has a message to read', async () => {
  const { enterSubagent, settleSubagent, sessionId, of } = await open();
  expect(await enterSubagent(of)).toMatchObject({ outcome: 'admitted', work: { turn: 1 } });
  await store.subagents.send(of.id, `m_${sessionId}`, 'one more thing');
  await settle(sessionId, 1);
  const more = { outcome: 'more', work: { sessionId, turn: 2 } };
  expect(await settleSubagent({ ...of, how: 'ended' })).toMatchObject(more);
  expect(await settleSubagent({ ...of, how: 'ended' })).toMatchObject(more);
  await settle(sessionId, 2);
  expect(await settleSubagent({ ...of, how: 'ended' })).toMatchObject({ outcome: 'settled', status: 'failed' });
});

test('one that is begun anew after its turn has ended goes through that turn again, and ends', async () => {
  const { enterSubagent, settleSubagent, sessionId, of } = await open();
  expect(await enterSubagent(of)).toMatchObject({ work: { turn: 1 } });
  await settle(sessionId, 1);
  expect(await enterSubagent(of)).toMatchObject({ outcome: 'admitted', work: { turn: 1 } });
  expect(await settleSubagent({ ...of, how: 'ended' })).toMatchObject({ outcome: 'settled', status: 'failed' });
});
