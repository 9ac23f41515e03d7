import { type ToolTotals, type ToolTrace, type ToolTracePage, tracedCharacters } from '../contracts/tool-traces.ts';
import type { Database } from './database.ts';

/** Of an output that says what went wrong. */
const errorCharacters = 500;

/** The calls of a session that fit: $1 session, $2 turn, $3 tool, $4 outcome. A result is at the place of its call. */
const fitting = `
  calls AS (
    SELECT c.seq, c.turn, c.step, c.body, (row_number() OVER (PARTITION BY c.turn, c.step ORDER BY c.ordinal) - 1)::integer AS call
    FROM chunks c WHERE c.session_id = $1 AND c.kind = 'tool_call' AND ($2::integer IS NULL OR c.turn = $2)),
  ended AS (
    SELECT calls.*, r.seq AS result_seq, r.body AS result, coalesce(r.body ->> 'status',
      CASE t.status WHEN 'running' THEN NULL WHEN 'cancelled' THEN 'cancelled' ELSE 'interrupted' END) AS outcome
    FROM calls JOIN turns t ON t.session_id = $1 AND t.turn = calls.turn
      LEFT JOIN chunks r ON r.session_id = $1 AND r.turn = calls.turn AND r.step = calls.step
        AND r.ordinal = 10000 + calls.call AND r.kind = 'tool_result'
    WHERE $3::text IS NULL OR calls.body ->> 'tool' = $3),
  fitting AS (SELECT * FROM ended WHERE $4::text IS NULL OR coalesce(outcome, 'open') = $4)`;

const traced = (text: string, seq: string): string =>
  `jsonb_build_object('text', CASE WHEN length(${text}) <= ${tracedCharacters} THEN ${text} END,
    'characters', length(${text}), 'seq', ${seq})`;

type Filter = { turn?: number | undefined; tool?: string | undefined; outcome?: string | undefined };

export const toolTraceQueries = (database: Database) => ({
  async list(
    sessionId: string,
    { cursor, limit, ...filter }: Filter & { cursor?: string | undefined; limit: number },
  ): Promise<ToolTracePage> {
    const values = [sessionId, filter.turn ?? null, filter.tool ?? null, filter.outcome ?? null];
    const rows = await database.query<ToolTrace>(
      `WITH ${fitting}
       SELECT f.turn, f.step, f.call, f.body ->> 'callId' AS "callId", f.body ->> 'tool' AS tool, f.outcome,
         coalesce(o.fence, 0) AS attempts, iso(o.started_at) AS "startedAt",
         CASE WHEN f.outcome IS NOT NULL THEN iso(o.ended_at) END AS "finishedAt",
         CASE WHEN f.outcome IS NULL THEN NULL WHEN o.ended_at IS NULL THEN (f.result ->> 'durationMs')::float8
           ELSE round(extract(epoch FROM o.ended_at - o.started_at)::numeric * 1000)::float8 END AS "latencyMs",
         ${traced(`f.body ->> 'arguments'`, 'f.seq')} AS input,
         CASE WHEN f.result IS NOT NULL THEN ${traced(`f.result ->> 'text'`, 'f.result_seq')}
           || jsonb_build_object('images', coalesce(f.result -> 'images', '[]')) END AS output,
         CASE WHEN f.outcome <> 'ok' THEN left(f.result ->> 'text', ${errorCharacters}) END AS error,
         m.request
       FROM fitting f
         LEFT JOIN operations o ON o.session_id = $1 AND o.turn = f.turn AND o.step = f.step AND o.call = f.call
         LEFT JOIN LATERAL (
           SELECT jsonb_build_object('model', s.name, 'input', s.attributes #> '{usage,input}',
             'output', s.attributes #> '{usage,output}', 'cacheRead', s.attributes #> '{usage,cacheRead}') AS request
           FROM spans s WHERE s.session_id = $1 AND s.turn = f.turn AND s.step = f.step AND s.kind = 'model'
             AND s.status = 'ok' AND jsonb_typeof(s.attributes -> 'usage') = 'object' LIMIT 1) m ON true
       WHERE f.seq > $5 ORDER BY f.seq LIMIT $6`,
      [...values, Number(cursor ?? 0), limit + 1],
    );
    const calls = rows.slice(0, limit);
    return {
      calls,
      nextCursor: rows.length > limit ? String(calls.at(-1)?.input.seq ?? 0) : null,
      totals: await totalsOf(database, values),
    };
  },
});

const totalsOf = async (database: Database, values: unknown[]): Promise<ToolTotals> => {
  const [row] = await database.query<ToolTotals>(
    `WITH ${fitting},
       requests AS (
         SELECT count(*) AS count, coalesce(sum((s.attributes #>> '{usage,input}')::bigint), 0)::bigint AS input,
           coalesce(sum((s.attributes #>> '{usage,output}')::bigint), 0)::bigint AS output
         FROM (SELECT DISTINCT turn, step FROM fitting) f
           JOIN spans s ON s.session_id = $1 AND s.turn = f.turn AND s.step = f.step AND s.kind = 'model' AND s.status = 'ok')
     SELECT count(*) AS calls, count(*) FILTER (WHERE outcome IS NULL) AS open,
       coalesce(sum((result ->> 'durationMs')::float8), 0) AS "latencyMs",
       jsonb_build_object(${['ok', 'error', 'denied', 'cancelled', 'interrupted']
         .map((outcome) => `'${outcome}', count(*) FILTER (WHERE outcome = '${outcome}')`)
         .join(', ')}) AS outcomes,
       (SELECT to_jsonb(requests) FROM requests) AS requests
     FROM fitting`,
    values,
  );
  if (!row) throw new Error('A sum gave no row');
  return row;
};
