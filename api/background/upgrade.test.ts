import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { runWorkflowId, subagentWorkflowId, turnWorkflowId } from '../../contracts/ids.ts';
import { openStore, type Store } from '../../store/store.ts';
import { beginNode, createSession, passTime } from '../../store/testing/mailbox-sessions.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import { startUpgrade } from './upgrade.ts';

const log = pino({ level: 'silent' });

let stores: [Store, Store];
beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  const open = () => openStore({ url, patienceMs: 5000 });
  stores = [open(), open()];
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
});
beforeEach(async () => {
  await stores[0].database.query(`DELETE FROM upgrades`);
  await stores[0].database.query(`INSERT INTO upgrades (name) VALUES ('sessions_without_workflows')`);
});

/** Writes down in which order workflows are ended and begun. */
const recording = () => {
  const calls: string[] = [];
  const note = async (call: string): Promise<void> => {
    calls.push(call);
  };
  return {
    calls,
    terminate: (id: string) => note(`end ${id}`),
    workflowsOfRun: async () => [],
    startRun: ({ id }: { id: string }) => note(`begin ${runWorkflowId(id)}`),
    startSubagent: async ({ id }: { id: string }) => {
      await note(`begin ${subagentWorkflowId(id)}`);
      return true;
    },
    startTurn: ({ sessionId, turn }: { sessionId: string; turn: number }) =>
      note(`begin ${turnWorkflowId(sessionId, turn)}`),
  };
};

const upgrade = async (store: Store, gateway: ReturnType<typeof recording>): Promise<void> => {
  const rounds = await startUpgrade(store, gateway, log);
  await rounds.stop();
};

test('the turns of held sessions are ended after what holds them, and before that is begun anew', async () => {
  const [store] = stores;
  const helper = await createSession(store, 'subagent');
  await store.messages.take(helper.id, { release: false });
  const step = await createSession(store, 'node');
  await beginNode(store, step);
  // The earlier release may have started its first turn and not have written it down.
  await store.messages.accept({ id: `m_${randomUUID()}`, sessionId: step.id, text: 'x', whenBusy: 'enqueue' });
  const gateway = recording();
  await upgrade(store, gateway);
  const orders = [
    [`subagent/${helper.subagentId}`, turnWorkflowId(helper.id, 1)],
    [`run/${step.node?.runId}`, turnWorkflowId(step.id, 1)],
  ] as const;
  for (const [holder, turn] of orders) {
    const about = gateway.calls.filter((call) => call.endsWith(holder) || call.endsWith(turn));
    expect(about).toEqual([`end ${holder}`, `end ${turn}`, `begin ${holder}`]);
  }
});

test('a message that waits gets its turn begun anew: a workflow of the earlier release may have its id', async () => {
  const [store] = stores;
  const { id } = await createSession(store, 'none');
  await store.database.query(`INSERT INTO messages (id, session_id, text, when_busy) VALUES ($1, $2, 'x', 'enqueue')`, [
    `m_${randomUUID()}`,
    id,
  ]);
  const gateway = recording();
  await upgrade(store, gateway);
  expect(gateway.calls).toContain(`begin ${turnWorkflowId(id, 1)}`);
});

test('of two processes that start at once one does it', async () => {
  const [store, otherStore] = stores;
  await createSession(store, 'subagent');
  const gateway = recording();
  const other = recording();
  const second: Promise<void>[] = [];
  const terminate = async (id: string): Promise<void> => {
    await gateway.terminate(id);
    if (second.length > 0) return;
    second.push(upgrade(otherStore, other));
    await until('the other process to wait, or to begin', async () => {
      const waiting = await store.database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      );
      return waiting.length > 0 || other.calls.length > 0;
    });
  };
  await upgrade(store, { ...gateway, terminate });
  await Promise.all(second);
  expect(gateway.calls.length).toBeGreaterThan(0);
  expect(other.calls).toEqual([]);
});

test('no keeper takes a workflow for lost before it is done', async () => {
  const [store] = stores;
  const { id } = await createSession(store, 'none');
  await store.messages.accept({ id: `m_${randomUUID()}`, sessionId: id, text: 'x', whenBusy: 'enqueue' });
  await passTime(store);
  expect(await store.turns.unwatched(100)).toEqual([]);
  await upgrade(store, recording());
  expect((await store.turns.unwatched(100)).map(({ sessionId }) => sessionId)).toContain(id);
});
