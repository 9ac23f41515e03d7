import type { UsageTotals } from '../contracts/usage.ts';
import type { Database } from './database.ts';

type Query = Database['query'];

/** Of a row `u` of session_usage. */
export const usageJson = `jsonb_build_object('input', u.input, 'output', u.output, 'cacheRead', u.cache_read,
  'cacheWrite', u.cache_write, 'reasoning', u.reasoning, 'cost', u.cost, 'requests', u.requests, 'estimated', u.estimated,
  'unpriced', u.unpriced, 'dropped', u.dropped, 'last', u.last)`;

const sums = `coalesce(sum(u.input), 0)::bigint AS input, coalesce(sum(u.output), 0)::bigint AS output,
  coalesce(sum(u.cache_read), 0)::bigint AS "cacheRead", coalesce(sum(u.cache_write), 0)::bigint AS "cacheWrite",
  coalesce(sum(u.reasoning), 0)::bigint AS reasoning, sum(u.cost) AS cost, coalesce(sum(u.requests), 0)::bigint AS requests,
  coalesce(sum(u.estimated), 0)::bigint AS estimated, coalesce(sum(u.unpriced), 0)::bigint AS unpriced,
  coalesce(sum(u.dropped), 0)::bigint AS dropped`;

const one = async (query: Query, sql: string, id: string): Promise<UsageTotals> => {
  const [totals] = await query<UsageTotals>(sql, [id]);
  if (!totals) throw new Error('an aggregate gave no row');
  return totals;
};

export const readUsage = (query: Query, sessionId: string): Promise<UsageTotals> =>
  one(query, `SELECT ${sums}, (array_agg(u.last))[1] AS last FROM session_usage u WHERE u.session_id = $1`, sessionId);

/** Of all sessions of a run. */
export const readRunUsage = (query: Query, runId: string): Promise<UsageTotals> =>
  one(
    query,
    `SELECT ${sums}, NULL::jsonb AS last FROM sessions s JOIN session_usage u ON u.session_id = s.id WHERE s.run_id = $1`,
    runId,
  );
