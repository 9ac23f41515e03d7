import { segmentNames } from '../contracts/cache.ts';
import type { RunSurvived, TurnSummary, TurnSummaryPage } from '../contracts/turn-summary.ts';
import type { Database } from './database.ts';

/** Operations that are lost with one worker end within this time of each other. */
const together = `interval '2 s'`;

const maxLost = 1_000;

const used = (name: string): string =>
  `coalesce(sum((attributes #>> '{usage,${name}}')::bigint) FILTER (WHERE is_answered), 0)::bigint`;
const segment = (name: string): string =>
  `'${name}', jsonb_build_object(${['hit', 'miss']
    .map(
      (kind) =>
        `'${kind}', coalesce(sum((attributes #>> '{segments,${name},${kind}}')::bigint) FILTER (WHERE is_answered), 0)::bigint`,
    )
    .join(', ')})`;
const cost = `(attributes #>> '{usage,cost}')::float8`;

/** Sums of the spans that meet a condition, by turn. */
const bySpan = (condition: string): string => `
  seen AS (
    SELECT s.*, kind = 'model' AND status = 'ok' AS is_answered,
      max(ended_at) FILTER (WHERE status = 'interrupted') OVER (PARTITION BY session_id, turn) AS lost_at,
      status = 'interrupted' AND coalesce(ended_at - lag(ended_at) OVER (PARTITION BY session_id, turn, status ORDER BY ended_at) > ${together}, true) AS is_crash
    FROM spans s WHERE ${condition}),
  summed AS (
    SELECT turn, count(*) FILTER (WHERE is_crash) AS crashes,
      count(*) FILTER (WHERE status = 'ok' AND ended_at <= lost_at) AS kept,
      sum(${cost}) FILTER (WHERE status = 'ok' AND ended_at <= lost_at) AS saved,
      coalesce(jsonb_agg(DISTINCT name) FILTER (WHERE is_answered), '[]') AS models,
      count(*) FILTER (WHERE is_answered) AS requests, count(DISTINCT (step, call)) FILTER (WHERE kind = 'tool') AS tools,
      ${used('input')} AS input, ${used('output')} AS output, ${used('cacheRead')} AS cache_read,
      sum(${cost}) FILTER (WHERE is_answered) AS cost,
      jsonb_build_object(${segmentNames.map(segment).join(', ')}) AS segments
    FROM seen GROUP BY session_id, turn)`;

const noSegment = segmentNames.map((name) => `'${name}', '{"hit":0,"miss":0}'::jsonb`).join(', ');

type Row = Omit<TurnSummary, 'segments'> & { segments: TurnSummary['segments'] };

export const turnSummaryQueries = (database: Database) => ({
  async list(
    sessionId: string,
    { cursor, limit }: { cursor?: string | undefined; limit: number },
  ): Promise<TurnSummaryPage> {
    const rows = await database.query<Row>(
      `WITH page AS (
         SELECT turn, status, code, started_at, ended_at FROM turns
         WHERE session_id = $1 AND ($2::integer IS NULL OR turn < $2) ORDER BY turn DESC LIMIT $3),
       ${bySpan('session_id = $1 AND turn IN (SELECT turn FROM page)')}
       SELECT p.turn, p.status, p.code, iso(p.started_at) AS "startedAt",
         extract(epoch FROM p.ended_at - p.started_at)::float8 * 1000 AS "durationMs",
         coalesce((SELECT left(body ->> 'text', 200) FROM chunks c WHERE c.session_id = $1 AND c.turn = p.turn AND c.step = 0
           AND c.kind IN ('text', 'system') ORDER BY seq LIMIT 1), '') AS said,
         coalesce(crashes, 0)::integer AS crashes, coalesce(kept, 0)::integer AS kept, saved,
         coalesce(models, '[]') AS models, coalesce(requests, 0)::integer AS requests, coalesce(tools, 0)::integer AS tools,
         coalesce(input, 0)::bigint AS input, coalesce(output, 0)::bigint AS output, coalesce(cache_read, 0)::bigint AS "cacheRead",
         cost, coalesce(segments, jsonb_build_object(${noSegment})) AS segments
       FROM page p LEFT JOIN summed s ON s.turn = p.turn ORDER BY p.turn DESC`,
      [sessionId, cursor ?? null, limit + 1],
    );
    const turns = rows.slice(0, limit);
    return {
      turns,
      nextCursor: rows.length > limit ? String(turns.at(-1)?.turn ?? 1) : null,
      totals: await this.totals(sessionId),
    };
  },

  async totals(sessionId: string): Promise<TurnSummaryPage['totals']> {
    const [row] = await database.query<TurnSummaryPage['totals']>(
      `WITH ${bySpan('session_id = $1')}
       SELECT (SELECT count(*) FROM turns WHERE session_id = $1)::integer AS turns, coalesce(sum(crashes), 0)::integer AS crashes,
         coalesce(sum(kept), 0)::integer AS kept, sum(saved) AS saved, coalesce(sum(input), 0)::bigint AS input,
         coalesce(sum(cache_read), 0)::bigint AS "cacheRead" FROM summed`,
      [sessionId],
    );
    return row ?? { turns: 0, crashes: 0, kept: 0, saved: null, input: 0, cacheRead: 0 };
  },

  /** Of all sessions of a run. One crash cuts off the calls of many sessions, and counts once. */
  async ofRun(runId: string): Promise<RunSurvived> {
    const [row] = await database.query<RunSurvived>(
      `WITH ${bySpan('session_id IN (SELECT id FROM sessions WHERE run_id = $1)')},
       lost AS (
         SELECT session_id, started_at, ended_at,
           coalesce(ended_at - lag(ended_at) OVER (ORDER BY ended_at) > ${together}, true) AS is_crash
         FROM seen WHERE status = 'interrupted'),
       newest AS (
         SELECT n.node, l.started_at, l.ended_at FROM lost l JOIN sessions n ON n.id = l.session_id AND n.node IS NOT NULL
         ORDER BY l.started_at DESC LIMIT ${maxLost})
       SELECT (SELECT count(*) FILTER (WHERE is_crash) FROM lost)::integer AS crashes,
         coalesce(sum(kept), 0)::integer AS kept, sum(saved) AS saved,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('node', node, 'startedAt', iso(started_at), 'endedAt', iso(ended_at))
           ORDER BY started_at, ended_at), '[]') FROM newest) AS lost
       FROM summed`,
      [runId],
    );
    return row ?? { crashes: 0, kept: 0, saved: null, lost: [] };
  },
});
