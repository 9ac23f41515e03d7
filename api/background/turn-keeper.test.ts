import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { turnWorkflowId } from '../../contracts/ids.ts';
import { openStore, type Store } from '../../store/store.ts';
import {
  beginNode,
  createSession,
  endNode,
  type HeldSession,
  passTime,
  readState,
} from '../../store/testing/mailbox-sessions.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import { startTurnKeeper } from './turn-keeper.ts';

const log = pino({ level: 'silent' });

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

/** Looks at a session's first turn, whose workflow is as said, and returns what was done with it. */
const keep = async (
  { id }: HeldSession,
  health: 'running' | 'ended' | 'missing',
  host: string | null = null,
): Promise<string[]> => {
  const done: string[] = [];
  let looks = 0;
  const gateway = {
    turnHealth: async ({ workflowId }: { workflowId: string }) => {
      const isOurs = workflowId.includes(id) || workflowId === host;
      if (isOurs) looks++;
      return isOurs ? health : 'running';
    },
    cancelTurn: async ({ workflowId }: { workflowId: string }) => void done.push(`cancel ${workflowId}`),
    startTurn: async ({ sessionId, turn }: { sessionId: string; turn: number }) =>
      void done.push(`start ${turnWorkflowId(sessionId, turn)}`),
  };
  await passTime(store);
  const keeper = startTurnKeeper({ store, gateway, log });
  await until('a look at the turn', () => looks > 0);
  await keeper.stop();
  return done.filter((call) => call.includes(id) || (host !== null && call.includes(host)));
};

const heldTurn = async (host: string | null = null): Promise<HeldSession> => {
  const session = await createSession(store, 'node');
  await beginNode(store, session);
  const message = { id: `m_${randomUUID()}`, sessionId: session.id, text: 'x', whenBusy: 'enqueue' as const };
  await store.messages.accept(message);
  await store.messages.take(session.id, { release: false, host });
  return session;
};

test.each(['missing', 'ended'] as const)(
  'a turn whose workflow is %s is left to the step that holds its session',
  async (health) => {
    const session = await heldTurn();
    expect(await keep(session, health)).toEqual([]);
    expect((await readState(store, session.id)).turns).toMatchObject([{ turn: 1, status: 'running' }]);
  },
);

test('when the step has ended, its turn is started to be cancelled, or settled where its workflow has ended', async () => {
  const left = await heldTurn();
  await endNode(store, left, 'cancelled');
  expect(await keep(left, 'missing')).toEqual([`start ${turnWorkflowId(left.id, 1)}`]);
  expect(await keep(left, 'running')).toEqual([`cancel ${turnWorkflowId(left.id, 1)}`]);
  expect(await keep(left, 'ended')).toEqual([]);
  expect((await readState(store, left.id)).turns).toMatchObject([{ turn: 1, status: 'failed', isCancelling: true }]);
});

test('a turn that the workflow of its step was to run is never started by another', async () => {
  const host = `run/r_${randomUUID()}/step/ask`;
  const left = await heldTurn(host);
  await endNode(store, left, 'cancelled');
  expect(await keep(left, 'running', host)).toEqual([`cancel ${host}`]);
  expect(await keep(left, 'missing', host)).toEqual([]);
  expect((await readState(store, left.id)).turns).toMatchObject([{ turn: 1, status: 'failed' }]);
});
