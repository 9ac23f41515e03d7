import type { KeptResult, ResultFilter } from '../contracts/results.ts';
import type { Database } from './database.ts';

export type Reusable = {
  reuseKey: string;
  runId: string;
  output: unknown;
  outputHash: string | null;
  ageMs: number;
  /** Whether its agent called nothing but tools that read. */
  onlyRead: boolean;
};

/** Results of agents that were paid for, whatever became of their runs, by the hash of all that decides them. */
const paid = `n.kind = 'agent' AND n.call IS NOT NULL AND n.reused_from IS NULL`;
const kept = `${paid} AND n.status = 'completed' AND n.reuse_key IS NOT NULL`;

export const resultQueries = (database: Database) => ({
  /** The newest for each key. A result of a fallback model does not count. */
  async reusable(keys: readonly string[], readTools: readonly string[]): Promise<Reusable[]> {
    if (keys.length === 0) return [];
    return await database.query<Reusable>(
      `SELECT DISTINCT ON (n.reuse_key) n.reuse_key AS "reuseKey", n.run_id AS "runId", n.output, n.output_hash AS "outputHash",
         (extract(epoch FROM clock_timestamp() - n.ended_at) * 1000)::double precision AS "ageMs",
         EXISTS (SELECT FROM sessions s WHERE s.node = n.key) AND NOT EXISTS (
           SELECT FROM sessions s JOIN operations o ON o.session_id = s.id
           WHERE s.node = n.key AND o.call IS NOT NULL AND NOT o.name = ANY ($2::text[])) AS "onlyRead"
       FROM nodes n WHERE n.reuse_key = ANY ($1::text[]) AND ${kept} AND NOT EXISTS (
         SELECT FROM sessions s JOIN requests q ON q.session_id = s.id
         WHERE s.node = n.key AND q.purpose = 'reply' AND q.model <> n.input_parts ->> 'model')
       ORDER BY n.reuse_key, n.ended_at DESC`,
      [keys, readTools],
    );
  },

  /** What agents of scripts took lately, on average; undefined: none has run. */
  async typical(): Promise<{ tokens: number; dollars: number | null; of: number } | undefined> {
    const [row] = await database.query<{ tokens: number; dollars: number | null; of: number }>(
      `SELECT count(*)::integer AS of, round(coalesce(avg(tokens), 0))::double precision AS tokens, avg(dollars) AS dollars FROM (
         SELECT (n.usage ->> 'input')::double precision + (n.usage ->> 'output')::double precision AS tokens,
           (n.usage ->> 'cost')::double precision AS dollars
         FROM nodes n WHERE ${paid} AND n.usage ->> 'input' IS NOT NULL AND n.ended_at IS NOT NULL
         ORDER BY n.ended_at DESC LIMIT 200) AS lately`,
    );
    return row && row.of > 0 ? row : undefined;
  },

  /** The newest first. */
  async list({ script, olderThanMs, limit, before }: ResultFilter): Promise<KeptResult[]> {
    return await database.query<KeptResult>(
      `SELECT n.run_id AS run, n.step AS call, r.name AS script, n.label, n.ordinal, n.input_parts ->> 'model' AS model,
         left(n.call -> 'params' ->> 'prompt', 200) AS prompt,
         coalesce((n.usage ->> 'input')::double precision + (n.usage ->> 'output')::double precision, 0) AS tokens,
         (n.usage ->> 'cost')::double precision AS cost, iso(n.ended_at) AS "endedAt"
       FROM nodes n JOIN runs r ON r.id = n.run_id
       WHERE ${kept} AND ($1::text IS NULL OR r.name = $1)
         AND ($2::double precision IS NULL OR n.ended_at < clock_timestamp() - make_interval(secs => $2 / 1000))
         AND ($3::timestamptz IS NULL OR (date_trunc('milliseconds', n.ended_at), n.key) < ($3, $4))
       ORDER BY date_trunc('milliseconds', n.ended_at) DESC, n.key DESC LIMIT $5`,
      [script ?? null, olderThanMs ?? null, before?.endedAt ?? null, before?.key ?? null, limit],
    );
  },

  /** They stay with their runs, whose re-runs use them; no other run does. Gives how many there were. */
  async clear({ script, olderThanMs }: Pick<ResultFilter, 'script' | 'olderThanMs'>): Promise<number> {
    const rows = await database.query(
      `UPDATE nodes n SET reuse_key = NULL FROM runs r
       WHERE r.id = n.run_id AND n.reuse_key IS NOT NULL AND n.ended_at IS NOT NULL AND ($1::text IS NULL OR r.name = $1)
         AND ($2::double precision IS NULL OR n.ended_at < clock_timestamp() - make_interval(secs => $2 / 1000))
       RETURNING n.key`,
      [script ?? null, olderThanMs ?? null],
    );
    return rows.length;
  },
});
