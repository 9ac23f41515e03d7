import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { type Database, openDatabase } from './database.ts';
import { newRun } from './testing/rows.ts';
import { turnSummaryQueries } from './turn-summaries.ts';

let database: Database;
beforeAll(async () => {
  database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => database.close());

const begin = Date.UTC(2026, 0, 1);
const at = (seconds: number): string => new Date(begin + seconds * 1000).toISOString();
type Options = { turn: number; step: number; call?: number; attempt?: number; status?: string; attributes?: object };

const add = async (
  id: string,
  { turn, step, call, attempt = 1, status = 'ok', attributes = {} }: Options,
  from: number,
  to: number,
) => {
  await database.query(
    `INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
     VALUES ($1, 's1', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      `${turn}/${step}/${call ?? 'model'}#${attempt}/${id}`,
      turn,
      step,
      call ?? null,
      call === undefined ? 'model' : 'tool',
      call === undefined ? 'm' : 'read_file',
      attempt,
      status,
      at(from),
      at(to),
      JSON.stringify(attributes),
    ],
  );
};
const answered = (input: number, cacheRead: number, cost: number | null) => ({
  usage: { input, output: 10, cacheRead, cacheWrite: 0, reasoning: 0, cost },
  segments: {
    tools: { hit: cacheRead, miss: 0 },
    system: { hit: 0, miss: 5 },
    conversation: { hit: 0, miss: input - cacheRead - 5 },
  },
});

beforeAll(async () => {
  await database.query(`INSERT INTO streams (id) VALUES ('session/s1')`);
  await database.query(
    `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow) VALUES ('s1', 'session/s1', '', '/', 'default', 'm', '{}')`,
  );
  for (const turn of [1, 2, 3]) {
    await database.query(
      `INSERT INTO messages (id, session_id, text, when_busy, kind, attachments) VALUES ($1, 's1', 'x', 'enqueue', 'text', '[]')`,
      [`m${turn}`],
    );
    await database.query(
      `INSERT INTO turns (session_id, turn, message_id, status, started_at, ended_at) VALUES ('s1', $1, $2, $3, $4, $5)`,
      [turn, `m${turn}`, turn === 3 ? 'running' : 'completed', at(turn * 100), turn === 3 ? null : at(turn * 100 + 30)],
    );
  }
  await database.query(
    `INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body) VALUES ('s1', 1, 1, 0, 0, 'text', $1)`,
    [JSON.stringify({ kind: 'text', role: 'user', text: 'a'.repeat(300) })],
  );
  await add('a', { turn: 1, step: 1, attributes: answered(100, 60, 0.25) }, 100, 104);
  await add('b', { turn: 1, step: 1, call: 0 }, 104, 105);
  await add('c', { turn: 1, step: 2, call: 0, status: 'interrupted' }, 105, 109);
  await add('d', { turn: 1, step: 2, call: 1, status: 'interrupted' }, 105, 110);
  await add('e', { turn: 1, step: 2, call: 0, attempt: 2 }, 112, 113);
  await add('f', { turn: 1, step: 3, attributes: answered(200, 120, 0.5) }, 113, 120);
  await add('g', { turn: 1, step: 4, status: 'interrupted' }, 120, 128);
  await add('h', { turn: 2, step: 1, attributes: answered(300, 30, null) }, 200, 201);
});

test('crashes count once for all they cut off, and what had ended before the last of them was kept', async () => {
  const { turns, nextCursor, totals } = await turnSummaryQueries(database).list('s1', { limit: 100 });
  expect(nextCursor).toBeNull();
  expect(turns.map(({ turn }) => turn)).toEqual([3, 2, 1]);
  expect(turns[2]).toEqual({
    turn: 1,
    status: 'completed',
    code: null,
    startedAt: at(100),
    durationMs: 30_000,
    said: 'a'.repeat(200),
    models: ['m'],
    requests: 2,
    tools: 3,
    input: 300,
    output: 20,
    cacheRead: 180,
    cost: 0.75,
    crashes: 2,
    kept: 4,
    saved: 0.75,
    segments: { tools: { hit: 180, miss: 0 }, system: { hit: 0, miss: 10 }, conversation: { hit: 0, miss: 110 } },
  });
  expect(turns[1]).toMatchObject({ crashes: 0, kept: 0, saved: null, cost: null, input: 300, cacheRead: 30 });
  expect(turns[0]).toMatchObject({ status: 'running', durationMs: null, requests: 0, models: [], said: '' });
  expect(totals).toEqual({ turns: 3, crashes: 2, kept: 4, saved: 0.75, input: 600, cacheRead: 210 });
});

test('pages go on from a cursor, and totals are those of the session', async () => {
  const first = await turnSummaryQueries(database).list('s1', { limit: 2 });
  expect([first.turns.map(({ turn }) => turn), first.nextCursor]).toEqual([[3, 2], '2']);
  const next = await turnSummaryQueries(database).list('s1', { cursor: '2', limit: 2 });
  expect([next.turns.map(({ turn }) => turn), next.nextCursor, next.totals.turns]).toEqual([[1], null, 3]);
});

test('a run has what all its sessions have', async () => {
  const summaries = turnSummaryQueries(database);
  const run = await newRun(database);
  expect(await summaries.ofRun(run.id)).toEqual({ crashes: 0, kept: 0, saved: null, lost: [] });
  await database.query(`UPDATE sessions SET run_id = $1 WHERE id = 's1'`, [run.id]);
  expect(await summaries.ofRun(run.id)).toEqual({ crashes: 2, kept: 4, saved: 0.75, lost: [] });

  // A lost worker cuts off the calls of many sessions: that is one crash.
  await database.query(`INSERT INTO streams (id) VALUES ('session/s2')`);
  await database.query(
    `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, run_id, node)
     VALUES ('s2', 'session/s2', '', '/', 'default', 'm', '{}', $1, 'run/r/step/a')`,
    [run.id],
  );
  await database.query(
    `INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
     SELECT 's2/' || id, 's2', turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes
     FROM spans WHERE session_id = 's1' AND status = 'interrupted'`,
  );
  const { crashes, lost } = await summaries.ofRun(run.id);
  expect(crashes).toBe(2);
  const node = 'run/r/step/a';
  expect(lost).toEqual([
    { node, startedAt: at(105), endedAt: at(109) },
    { node, startedAt: at(105), endedAt: at(110) },
    { node, startedAt: at(120), endedAt: at(128) },
  ]);
});
