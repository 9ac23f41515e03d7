import pg from 'pg';
import { vocabulary, word } from './words.ts';

export type Size = { sessions: number; turns: number };

/** Of each turn: a message, a call, its usage, its result, an answer. */
export const chunksOfTurn = 5;
/** Sessions in one statement. */
const batch = 50;
/** Statements at once. */
const connections = 2;
const texts = 20_000;
const wordsOfText = 40;

/** Each text is words, and a path that is made of them. */
const prepare = [
  'CREATE TABLE bench_words (rank integer PRIMARY KEY, word text NOT NULL)',
  `INSERT INTO bench_words SELECT rank, word FROM unnest($1::text[]) WITH ORDINALITY AS w (word, rank)`,
  `CREATE TABLE bench_texts AS SELECT n, text, to_tsvector('english', search_words(text)) AS words FROM (
     SELECT n, string_agg(word, ' ' ORDER BY place) || ' in src/' || max(word) || '/' || min(word) || '.ts.' AS text FROM (
       SELECT n, place, floor(power(${vocabulary}, random()))::integer AS rank
       FROM generate_series(0, ${texts - 1}) AS n, generate_series(1, ${wordsOfText}) AS place) AS drawn
     JOIN bench_words USING (rank) GROUP BY n) AS made`,
  'ANALYZE bench_texts',
];

/** Turn t of session s is about texts (s * 7919 + t * 2) and the one after it. */
const turns = `FROM generate_series($1::integer, $2::integer) AS s CROSS JOIN generate_series(1, $3::integer) AS t
   JOIN bench_texts a ON a.n = (s * 7919 + t * 2) % ${texts} JOIN bench_texts b ON b.n = (s * 7919 + t * 2 + 1) % ${texts}`;

const statements = [
  `INSERT INTO streams (id, last_seq) SELECT 'session/s_bench' || s, $3 * ${chunksOfTurn} FROM generate_series($1::integer, $2) AS s`,
  `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, created_at, updated_at)
   SELECT 's_bench' || s, 'session/s_bench' || s, 'Bench session ' || s, '/', 'default', 'bench', '{}', now() - s * interval '1 minute',
     now() - s * interval '1 minute' FROM generate_series($1::integer, $2) AS s, (SELECT $3::integer) AS unused`,
  `INSERT INTO messages (id, session_id, text, when_busy, status, turn)
   SELECT 'm_bench' || s || '/' || t, 's_bench' || s, a.text, 'enqueue', 'delivered', t ${turns} ORDER BY s, t`,
  `INSERT INTO turns (session_id, turn, message_id, status, started_at, ended_at)
   SELECT 's_bench' || s, t, 'm_bench' || s || '/' || t, 'completed', now() - interval '1 day', now() - interval '1 day'
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t`,
  `INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body)
   SELECT 's_bench' || s, (t - 1) * ${chunksOfTurn} + k, t, CASE k WHEN 1 THEN 0 WHEN 5 THEN 2 ELSE 1 END,
     CASE k WHEN 3 THEN 1 WHEN 4 THEN 10000 ELSE 0 END,
     (ARRAY['text', 'tool_call', 'usage', 'tool_result', 'text'])[k],
     CASE k WHEN 1 THEN jsonb_build_object('kind', 'text', 'role', 'user', 'text', a.text)
       WHEN 2 THEN '{"kind": "tool_call", "callId": "call_0", "tool": "read_file", "arguments": "{\\"path\\":\\"small.txt\\"}"}'
       WHEN 3 THEN '{"kind": "usage", "model": "bench", "usage": {"input": 900, "output": 40, "cacheRead": 800, "cacheWrite": 0, "reasoning": 0, "cost": 0.001}}'
       WHEN 4 THEN '{"kind": "tool_result", "callId": "call_0", "tool": "read_file", "status": "ok", "text": "The quick brown fox jumps over the lazy dog", "durationMs": 2}'
       ELSE jsonb_build_object('kind', 'text', 'role', 'assistant', 'text', b.text) END
   ${turns} CROSS JOIN generate_series(1, ${chunksOfTurn}) AS k ORDER BY s, t, k`,
  `INSERT INTO requests (at, session_id, turn, step, agent, model, key, purpose, messages, noted_tokens, input, output, cache_read,
     cache_write, reasoning, cost, is_estimated)
   SELECT now() - (s + t) * interval '1 minute', 's_bench' || s, t, 1, 'default', 'bench', 'bench', 'reply', 2, 900, 900, 40, 800, 0, 0, 0.001, false
   FROM generate_series($1::integer, $2) AS s, generate_series(1, $3::integer) AS t`,
  `INSERT INTO session_usage SELECT 's_bench' || s, 900 * $3::integer, 40 * $3, 800 * $3, 0, 0, 0.001 * $3, $3, 0, 0, 0,
     '{"input": 900, "output": 40, "cacheRead": 800, "cacheWrite": 0}' FROM generate_series($1::integer, $2) AS s`,
  `INSERT INTO turn_words (session_id, turn, words) SELECT 's_bench' || s, t, a.words || b.words ${turns} ORDER BY s, t`,
];

/** Of a session alone that is looked at closely: for all of them they would take longer than the rest. */
const operations = `INSERT INTO operations (key, session_id, turn, step, call, name, state, fence, result, content_hash, worker_id, workflow_id, run_id, ended_at)
   SELECT 's_bench' || s || '/' || t || part, 's_bench' || s, t, CASE part WHEN '/2' THEN 2 ELSE 1 END, CASE part WHEN '/1/0' THEN 0 END, 'bench',
     'sealed', 1, '{"outcome": "finished"}', repeat('0', 64), 'bench', 'turn/s_bench' || s || '/' || t, 'bench', now()
   FROM generate_series($1::integer, $2::integer) AS s, generate_series(1, $3::integer) AS t, unnest(ARRAY['/1', '/1/0', '/2']) AS part`;

const index = 'CREATE INDEX turn_words_words ON turn_words USING gin (words)';

/** Rows in bulk, without the checks that rows of our own making do not need; session `from` and those after it. */
export const loadSessions = async (
  databaseUrl: string,
  { sessions, turns: turnsOfSession }: Size,
  { from, progress }: { from: number; progress(line: string): void },
): Promise<void> => {
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(
      `SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'`,
    );
    return client;
  };
  const clients = await Promise.all(Array.from({ length: connections }, open));
  const [first] = clients;
  if (!first) throw new Error('No connection was opened');
  try {
    const { rows } = await first.query(`SELECT to_regclass('bench_texts') IS NULL AS missing`);
    if (rows[0]?.missing) {
      const words = Array.from({ length: vocabulary }, (_, rank) => word(rank + 1));
      for (const statement of prepare) await first.query(statement, statement.includes('$1') ? [words] : []);
    }
    if (sessions > batch) await first.query('DROP INDEX turn_words_words');
    const end = from + sessions;
    let next = from;
    await Promise.all(
      clients.map(async (client) => {
        while (next < end) {
          const begin = next;
          next = Math.min(begin + batch, end);
          const values = [begin, next - 1, turnsOfSession];
          for (const statement of sessions > 1 ? statements : [...statements, operations])
            await client.query(statement, values);
          if ((begin - from) % (batch * 20) === 0)
            progress(`  ${begin - from + batch} of ${sessions} sessions are there`);
        }
      }),
    );
    if (sessions > batch) {
      progress('  making the index of words');
      await first.query(index);
      await first.query('VACUUM ANALYZE');
      // Flush the loaded rows now, not during a measurement.
      await first.query('CHECKPOINT');
    }
  } finally {
    for (const client of clients) await client.end();
  }
};
