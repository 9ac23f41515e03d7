import type pg from 'pg';
import { vocabulary } from './words.ts';

export type Size = { sessions: number; turns: number };

/** Of each turn: a message, a call, its usage, its result, an answer. */
export const chunksOfTurn = 5;
/** Sessions in one statement. */
const batch = 50;
const texts = 20_000;
const wordsOfText = 20;

const prepare = `
  CREATE TABLE bench_texts AS SELECT n, text, to_tsvector('english', text) AS words FROM (
    SELECT n, string_agg('q' || lower(to_base36) || 'z', ' ') AS text FROM (
      SELECT n, bench_base36(floor(${vocabulary} * power(random(), 3))::integer) AS to_base36
      FROM generate_series(0, ${texts - 1}) AS n, generate_series(1, ${wordsOfText})) AS parts GROUP BY n) AS made;
  ALTER TABLE bench_texts ADD PRIMARY KEY (n)`;

const base36 = `
  CREATE FUNCTION bench_base36(p integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
  DECLARE v_text text := ''; v_rest integer := p;
  BEGIN
    LOOP
      v_text := substr('0123456789abcdefghijklmnopqrstuvwxyz', v_rest % 36 + 1, 1) || v_text;
      v_rest := v_rest / 36;
      EXIT WHEN v_rest = 0;
    END LOOP;
    RETURN v_text;
  END $$`;

/** Turn t of session s says the texts (s * 7919 + t * 2) and the one after it. */
const textOf = (offset: number): string =>
  `(SELECT text FROM bench_texts WHERE n = (s * 7919 + t * 2 + ${offset}) % ${texts})`;

const statements = [
  `INSERT INTO streams (id, last_seq) SELECT 'session/s_bench' || s, $3 * ${chunksOfTurn} FROM generate_series($1::integer, $2) AS s`,
  `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, created_at, updated_at)
   SELECT 's_bench' || s, 'session/s_bench' || s, 'Bench session ' || s, '/', 'default', 'bench', '{}', now() - s * interval '1 minute',
     now() - s * interval '1 minute' FROM generate_series($1::integer, $2) AS s, (SELECT $3::integer) AS unused`,
  `INSERT INTO messages (id, session_id, text, when_busy, status, turn)
   SELECT 'm_bench' || s || '/' || t, 's_bench' || s, 'x', 'enqueue', 'delivered', t
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t`,
  `INSERT INTO turns (session_id, turn, message_id, status, started_at, ended_at)
   SELECT 's_bench' || s, t, 'm_bench' || s || '/' || t, 'completed', now() - interval '1 day', now() - interval '1 day'
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t`,
  `INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body)
   SELECT 's_bench' || s, (t - 1) * ${chunksOfTurn} + k, t, CASE k WHEN 1 THEN 0 WHEN 5 THEN 2 ELSE 1 END,
     CASE k WHEN 3 THEN 1 WHEN 4 THEN 10000 ELSE 0 END,
     (ARRAY['text', 'tool_call', 'usage', 'tool_result', 'text'])[k],
     CASE k WHEN 1 THEN jsonb_build_object('kind', 'text', 'role', 'user', 'text', ${textOf(0)})
       WHEN 2 THEN '{"kind": "tool_call", "callId": "call_0", "tool": "read_file", "arguments": "{\\"path\\":\\"small.txt\\"}"}'
       WHEN 3 THEN '{"kind": "usage", "model": "bench", "usage": {"input": 900, "output": 40, "cacheRead": 800, "cacheWrite": 0, "reasoning": 0, "cost": 0.001}}'
       WHEN 4 THEN '{"kind": "tool_result", "callId": "call_0", "tool": "read_file", "status": "ok", "text": "The quick brown fox jumps over the lazy dog", "durationMs": 2}'
       ELSE jsonb_build_object('kind', 'text', 'role', 'assistant', 'text', ${textOf(1)}) END
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t, generate_series(1, ${chunksOfTurn}) AS k
   ORDER BY s, t, k`,
  `INSERT INTO requests (at, session_id, turn, step, agent, model, key, purpose, messages, noted_tokens, input, output, cache_read,
     cache_write, reasoning, cost, is_estimated)
   SELECT now() - (s + t) * interval '1 minute', 's_bench' || s, t, 1, 'default', 'bench', 'bench', 'reply', 2, 900, 900, 40, 800, 0, 0, 0.001, false
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t`,
  `INSERT INTO session_usage SELECT session_id, sum(input), sum(output), sum(cache_read), 0, 0, sum(cost), count(*), 0, 0, 0,
     '{"input": 900, "output": 40, "cacheRead": 800, "cacheWrite": 0}'
   FROM requests WHERE session_id IN (SELECT 's_bench' || s FROM generate_series($1::integer, $2) AS s) AND $3::integer > 0
   GROUP BY session_id`,
  `INSERT INTO turn_words (session_id, turn, words)
   SELECT 's_bench' || s, t, (SELECT words FROM bench_texts WHERE n = (s * 7919 + t * 2) % ${texts})
     || (SELECT words FROM bench_texts WHERE n = (s * 7919 + t * 2 + 1) % ${texts})
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t`,
];

const index = 'CREATE INDEX turn_words_words ON turn_words USING gin (words)';

/** Rows in bulk, without the checks that rows of our own making do not need; session `from` and those after it. */
export const loadSessions = async (
  database: pg.Client,
  { sessions, turns }: Size,
  { from, progress }: { from: number; progress(line: string): void },
): Promise<void> => {
  await database.query(
    `SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'`,
  );
  const { rows } = await database.query(`SELECT to_regclass('bench_texts') IS NULL AS missing`);
  if (rows[0]?.missing) {
    await database.query(base36);
    await database.query(prepare);
  }
  if (sessions > batch) await database.query('DROP INDEX turn_words_words');
  for (let first = from; first < from + sessions; first += batch) {
    const last = Math.min(first + batch, from + sessions) - 1;
    for (const statement of statements) await database.query(statement, [first, last, turns]);
    if ((first - from) % (batch * 20) === 0) progress(`  ${last - from + 1} of ${sessions} sessions are there`);
  }
  if (sessions > batch) await database.query(index);
  await database.query('VACUUM ANALYZE');
};
