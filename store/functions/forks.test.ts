import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from '../database.ts';
import { openRace, type Race } from '../testing/race.ts';

let database: Database;
let race: Race;
beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  database = openDatabase({ url, patienceMs: 5000 });
  race = openRace(url);
});
afterAll(async () => {
  await race.close();
  await database.close();
});

const ends = ['completed', 'failed', 'cancelled'];

const newSession = async (): Promise<string> => {
  const id = `s_${randomUUID()}`;
  await database.query('INSERT INTO streams (id) VALUES ($1)', [`session/${id}`]);
  await database.query(
    `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, schema)
     VALUES ($1, $2, 'title', '/w', 'a', 'm', '{write}', '{"type":"object"}')`,
    [id, `session/${id}`],
  );
  return id;
};

/** Writes turns as the functions of operations do: step by step, in transactions that hold the stream's lock. */
const writeTurns = async (session: string, turns: number[]): Promise<void> => {
  const client = await database.connect();
  const step = async (turn: number, number: number, statement: string, values: unknown[], bodies: object[]) => {
    await client.query('BEGIN');
    await client.query('SELECT lock_session($1)', [session]);
    await client.query(statement, values);
    const chunks = JSON.stringify(bodies.map((body, ordinal) => ({ ordinal, body })));
    await client.query('SELECT append_chunks($1, $2, $3, $4, $5)', [
      session,
      `session/${session}`,
      turn,
      number,
      chunks,
    ]);
    await client.query('SELECT pg_sleep($1)', [Math.random() * 0.002]);
    await client.query('COMMIT');
  };
  const text = (role: string, turn: number) => ({ kind: 'text', role, text: `${role} in turn ${turn}` });
  for (const turn of turns) {
    const message = `m_${randomUUID()}`;
    await step(
      turn,
      0,
      `WITH m AS (INSERT INTO messages (id, session_id, text, when_busy, status, turn)
         VALUES ($1, $2, 'user in turn ' || $3::integer, 'enqueue', 'delivered', $3))
       INSERT INTO turns (session_id, turn, message_id) VALUES ($2, $3, $1)`,
      [message, session, turn],
      [text('user', turn)],
    );
    const usage = { kind: 'usage', model: 'm', usage: { input: 1, output: 1 } };
    await step(turn, 1, 'SELECT 1', [], [text('assistant', turn), usage, text('assistant', turn)]);
    await step(
      turn,
      2,
      'UPDATE turns SET status = $3, code = $4, ended_at = clock_timestamp() WHERE session_id = $1 AND turn = $2',
      [session, turn, ends[turn % 3], `code ${turn}`],
      [text('assistant', turn), usage],
    );
  }
  await client.end();
};

type Copied = { turns: { turn: number; status: string; text: string }[]; chunks: object[] };

/** What a fork copies of a session, up to a turn. */
const contentOf = async (session: string, until: number | null): Promise<Copied> => ({
  turns: await database.query(
    `SELECT t.turn, t.status, t.code, t.started_at, t.ended_at, m.text, m.turn AS "ofTurn", m.status AS "messageStatus",
       m.accepted_at FROM turns t JOIN messages m ON m.id = t.message_id AND m.session_id = t.session_id
     WHERE t.session_id = $1 AND ($2::integer IS NULL OR t.turn <= $2) ORDER BY t.turn`,
    [session, until],
  ),
  chunks: await database.query(
    `SELECT turn, step, ordinal, kind, body, at FROM chunks
     WHERE session_id = $1 AND ($2::integer IS NULL OR turn <= $2) AND kind <> 'usage' ORDER BY seq`,
    [session, until],
  ),
});

const forkedTurn = async (fork: string): Promise<number> => {
  const [row] = await database.query<{ turn: number }>('SELECT forked_turn AS turn FROM sessions WHERE id = $1', [
    fork,
  ]);
  return row?.turn ?? -1;
};

const expectWholeCopy = async (fork: string, source: string): Promise<void> => {
  const last = await forkedTurn(fork);
  const copy = await contentOf(fork, null);
  expect(copy.turns.map(({ turn }) => turn)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  // The source has been written to its end: its settled turns are as they were when they were copied.
  expect(copy).toEqual(await contentOf(source, last));
  expect(await database.query('SELECT seq FROM chunks WHERE session_id = $1 ORDER BY seq', [fork])).toEqual(
    copy.chunks.map((_, index) => ({ seq: index + 1 })),
  );
  expect(await database.query('SELECT last_seq, position FROM streams WHERE id = $1', [`session/${fork}`])).toEqual([
    { last_seq: copy.chunks.length, position: 0 },
  ]);
  expect(await database.query('SELECT FROM messages WHERE session_id = $1', [fork])).toHaveLength(last);
};

test('forks of a session that is being written: settled turns only, whole, and the same fork at once is one fork', async () => {
  const source = await newSession();
  const forks: string[] = [];
  let writing = true;
  const forkUntilWritten = async (turn: number | null) => {
    while (writing) {
      const fork = `s_${randomUUID()}`;
      expect(await race.all([1, 2].map(() => ['fork_session', source, fork, turn, null]))).toEqual([fork, fork]);
      forks.push(fork);
    }
  };
  const turns = Array.from({ length: 12 }, (_, index) => index + 1);
  await Promise.all([
    writeTurns(source, turns).finally(() => {
      writing = false;
    }),
    ...[null, null, 7].map(forkUntilWritten),
  ]);
  const seen = new Set<number>();
  for (const fork of forks) {
    await expectWholeCopy(fork, source);
    seen.add(await forkedTurn(fork));
  }
  // Forks met the source at many moments.
  expect(seen.size).toBeGreaterThan(5);
});

test('a fork ends before a turn that still runs, whatever follows it', async () => {
  const source = await newSession();
  await writeTurns(source, [1, 2, 3, 4]);
  await database.query(`UPDATE turns SET status = 'running', ended_at = NULL WHERE session_id = $1 AND turn = 3`, [
    source,
  ]);
  for (const [turn, expected] of [
    [null, 2],
    [4, 2],
    [1, 1],
    [0, 0],
  ]) {
    const fork = `s_${randomUUID()}`;
    await race.one(['fork_session', source, fork, turn, null]);
    expect(await forkedTurn(fork)).toBe(expected);
    await expectWholeCopy(fork, source);
  }
});

test('a fork is a session of its own: of what surrounds the turns it keeps only how to go on', async () => {
  const source = await newSession();
  await writeTurns(source, [1, 2]);
  const fork = `s_${randomUUID()}`;
  await race.one(['fork_session', source, fork, null, 'another title']);
  const [row] = await database.query('SELECT * FROM sessions WHERE id = $1', [fork]);
  const kept = { workspace: '/w', agent: 'a', model: 'm', allow: ['write'], schema: null, run_id: null, node: null };
  expect(row).toMatchObject({ ...kept, title: 'another title', forked_from: source, forked_turn: 2 });

  // Forking again under the same id changes nothing, whatever is asked.
  await writeTurns(source, [3]);
  expect(await race.one(['fork_session', source, fork, 1, 'x'])).toBe(fork);
  expect(await database.query('SELECT * FROM sessions WHERE id = $1', [fork])).toEqual([row]);
  await expectWholeCopy(fork, source);

  expect(await race.one(['fork_session', 's_none', `s_${randomUUID()}`, null, null])).toBeNull();
});
