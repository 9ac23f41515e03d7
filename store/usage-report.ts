import type { UsageDimension, UsagePair, UsagePairPage, UsageReport, UsageRow } from '../contracts/usage-report.ts';
import { invalidCursor } from './cursor.ts';
import type { Database } from './database.ts';

const columns: Record<UsageDimension, string> = {
  // Grouping by a date is much cheaper than by text. JSON renders it as YYYY-MM-DD.
  day: `(at AT TIME ZONE 'UTC')::date`,
  model: 'model',
  key: 'key',
  agent: 'agent',
  flow: 'flow',
  session: 'session_id',
  run: 'run_id',
  purpose: 'purpose',
};

/** Requests with what they belong to; what is not asked for is not looked up. */
const requests = `(SELECT q.*, (SELECT r.name FROM runs r WHERE r.id = q.run_id) AS flow,
  (SELECT s.title FROM sessions s WHERE s.id = q.session_id) AS session_title FROM requests q) AS requests`;

const titleOf = (dimensions: readonly UsageDimension[]): string => {
  if (dimensions.includes('session')) return ', max(session_title) AS title';
  return dimensions.includes('run') ? ', max(flow) AS title' : '';
};

const maxRows = 5000;

type Filter = {
  by: readonly UsageDimension[];
  from?: string | undefined;
  to?: string | undefined;
  session?: string | undefined;
  run?: string | undefined;
};

const sums = `count(*) AS requests, coalesce(sum(input), 0)::bigint AS input, coalesce(sum(output), 0)::bigint AS output,
  coalesce(sum(cache_read), 0)::bigint AS "cacheRead", coalesce(sum(cache_write), 0)::bigint AS "cacheWrite",
  coalesce(sum(reasoning), 0)::bigint AS reasoning, sum(cost) AS cost, count(*) FILTER (WHERE is_estimated) AS estimated,
  count(*) FILTER (WHERE cost IS NULL) AS unpriced`;

const filter = `($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2)
  AND ($3::text IS NULL OR session_id = $3) AND ($4::text IS NULL OR run_id = $4)`;

/** A day without its time is its midnight in UTC, wherever Postgres runs. */
const moment = (text: string | undefined): string | null =>
  text === undefined ? null : text.includes('T') ? text : `${text}T00:00:00Z`;

export const usageReportQueries = (database: Database) => ({
  /** What requests used, added up. Requests of deleted sessions are in it. */
  async report({ by, from, to, session, run }: Filter): Promise<UsageReport> {
    const dimensions = [...new Set(by)];
    const fields = dimensions.map((name) => `'${name}', ${columns[name]}`).join(', ');
    const groups = dimensions.map((name) => columns[name]).join(', ');
    // One scan gives the rows and, first, their total.
    const [total, ...rows] = await database.query<UsageRow & { isTotal: boolean }>(
      `SELECT grouping(${groups}) > 0 AS "isTotal", jsonb_build_object(${fields}) AS of, ${sums}${titleOf(dimensions)}
       FROM ${requests} WHERE ${filter} GROUP BY GROUPING SETS ((), (${groups}))
       ORDER BY 1 DESC, ${dimensions.includes('day') ? `${columns.day}, ` : ''}sum(input) + sum(output) DESC, 2 LIMIT ${maxRows + 2}`,
      [moment(from), moment(to), session ?? null, run ?? null],
    );
    if (!total?.isTotal) throw new Error('the total of an aggregate is missing');
    const { isTotal: _, of: __, title: ___, ...sum } = total;
    return {
      rows: rows.slice(0, maxRows).map(({ isTotal: _is, ...row }) => row),
      total: sum,
      isCut: rows.length > maxRows,
    };
  },

  /** The requests of a session in their order, those of a running turn too. Reading changes nothing. */
  async pairs(
    sessionId: string,
    { cursor, limit }: { cursor?: string | undefined; limit: number },
  ): Promise<UsagePairPage> {
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
      throw invalidCursor(cursor);
    }
    const rows = await database.query<UsagePair>(
      `SELECT r.id, iso(r.at) AS at, r.turn, r.step, r.model, r.key, r.purpose,
         CASE WHEN r.messages IS NULL THEN NULL ELSE jsonb_build_object('messages', r.messages, 'tokens', r.noted_tokens) END AS noted,
         jsonb_build_object('input', r.input, 'output', r.output, 'cacheRead', r.cache_read, 'cacheWrite', r.cache_write,
           'reasoning', r.reasoning, 'cost', r.cost)
           || CASE WHEN r.is_estimated THEN '{"isEstimated": true}'::jsonb ELSE '{}'::jsonb END AS usage
       FROM requests r JOIN sessions s ON s.id = r.session_id AND r.at >= s.created_at
       WHERE r.session_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`,
      [sessionId, cursor ?? 0, limit + 1],
    );
    const requests = rows.slice(0, limit);
    const last = requests.at(-1);
    return { requests, nextCursor: rows.length > limit && last ? String(last.id) : null };
  },
});
