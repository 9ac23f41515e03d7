import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { until } from '../test/support/until.ts';
import { openStore, type Store } from './store.ts';
import {
  beginNode,
  createSession,
  endNode,
  endSubagent,
  type HeldSession,
  passTime,
  readState,
} from './testing/mailbox-sessions.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000, max: 12 });
});
afterAll(() => store.close());

const send = async (sessionId: string) =>
  await store.messages.accept({ id: `m_${randomUUID()}`, sessionId, text: 'hello', whenBusy: 'enqueue' });

describe('a session whose holder has ended', () => {
  const ends: Record<string, (session: HeldSession) => Promise<unknown>> = {
    'a step': (session) => endNode(store, session, 'cancelled'),
    'a run': ({ node }) =>
      store.runs.settle(node?.runId ?? '', { status: 'cancelled', code: null, reason: null, output: undefined }),
    'a background agent': (session) => endSubagent(store, session, 'crashed'),
  };

  test.each(Object.entries(ends))('%s leaves no turn that somebody would still begin', async (name, end) => {
    const session = await createSession(store, name === 'a background agent' ? 'subagent' : 'node');
    await beginNode(store, session);
    if (name !== 'a background agent') await send(session.id);
    // Taken, and cancelled before its workflow was started.
    expect(await store.messages.take(session.id, { release: false })).toBe(1);
    await end(session);
    await passTime(store);
    const found = (await store.turns.unwatched(100)).find(({ sessionId }) => sessionId === session.id);
    expect(found).toMatchObject({ turn: 1, isHeld: false, isCancelling: true });
    const attempt = { workerId: 'w', taskToken: Buffer.from('t'), workflowId: 'turn', runId: 'r' };
    const operation = { sessionId: session.id, turn: 1, step: 1, call: null };
    const begun = await store.operations.begin(operation, attempt, { name: 'm', started: {} });
    expect(begun).toEqual({ outcome: 'cancelled' });
  });

  test('a step that has released its session leaves the turns that began later alone', async () => {
    const session = await createSession(store, 'node');
    await beginNode(store, session);
    await store.messages.take(session.id, { release: true });
    expect((await send(session.id)).starts).toMatchObject({ turn: 1 });
    await endNode(store, session, 'completed');
    expect((await readState(store, session.id)).turns).toMatchObject([{ turn: 1, isCancelling: false }]);
  });
});

describe('a session of a step whose node is not there yet', () => {
  test('is held: only its step starts turns there', async () => {
    const session = await createSession(store, 'node');
    expect(await send(session.id)).toMatchObject({ turn: null, starts: null });
    expect(await store.messages.take(session.id, { release: false })).toBe(1);
    await passTime(store);
    const found = (await store.turns.unwatched(100)).find(({ sessionId }) => sessionId === session.id);
    expect(found).toMatchObject({ isHeld: true });
  });

  test('is free when its run has ended without it', async () => {
    const session = await createSession(store, 'node');
    const runId = session.node?.runId ?? '';
    await store.runs.settle(runId, { status: 'cancelled', code: null, reason: null, output: undefined });
    expect((await send(session.id)).starts).toMatchObject({ turn: 1 });
  });
});

describe('locks', () => {
  /** Resolves when as many statements wait for a lock. */
  const waiting = (count: number) =>
    until('a statement that waits for a lock', async () => {
      const rows = await store.database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length >= count;
    });

  const lock = async (client: Client, stream: string): Promise<void> => {
    await client.query('BEGIN');
    await client.query('SELECT FROM streams WHERE id = $1 FOR UPDATE', [stream]);
  };

  test('waiting messages of two sessions are assigned while somebody else locks both', async () => {
    const both: string[] = [];
    for (const _ of ['one', 'other']) {
      // A message waits and nothing runs, as when what held the session has ended.
      const { id } = await createSession(store, 'none');
      await store.database.query(
        `INSERT INTO messages (id, session_id, text, when_busy) VALUES ($1, $2, 'x', 'enqueue')`,
        [`m_${randomUUID()}`, id],
      );
      both.push(`session/${id}`);
    }
    await passTime(store);
    const [first, second] = both.toSorted();
    const client = await store.database.connect();
    await lock(client, second ?? '');
    const assigning = store.messages.assignStray();
    await waiting(1);
    await client.query('SELECT FROM streams WHERE id = $1 FOR UPDATE', [first]);
    await client.query('COMMIT');
    await client.end();
    expect(await assigning).toHaveLength(2);
  });

  test('a run is deleted while a turn of its session settles', async () => {
    const session = await createSession(store, 'node');
    await beginNode(store, session);
    await send(session.id);
    await store.messages.take(session.id, { release: false });
    const runId = session.node?.runId ?? '';
    const client = await store.database.connect();
    await lock(client, `session/${session.id}`);
    const removing = store.runFamily.remove([runId]);
    await waiting(1);
    // As the end of a turn does, after it has locked the stream.
    await client.query('UPDATE sessions SET updated_at = now() WHERE id = $1', [session.id]);
    await client.query('COMMIT');
    await client.end();
    await removing;
    expect(await store.sessions.find(session.id)).toBeUndefined();
  });

  test('a run is deleted while a step of it ends', async () => {
    const { node } = await createSession(store, 'node');
    const runId = node?.runId ?? '';
    const client = await store.database.connect();
    await lock(client, `run/${runId}`);
    const removing = store.runFamily.remove([runId]);
    await waiting(1);
    await client.query(`SELECT put_node($1, 'k', '{"step": "b", "kind": "agent", "status": "running"}')`, [runId]);
    await client.query('COMMIT');
    await client.end();
    await removing;
    expect(await store.runs.find(runId)).toBeUndefined();
  });
});
