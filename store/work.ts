import { maxCounted, type WorkCounts } from '../contracts/work.ts';
import type { Database } from './database.ts';
import { asking } from './runs.ts';

const recently = `now() - interval '24 hours'`;
const own = `s.run_id IS NULL AND s.archived_at IS NULL AND NOT EXISTS (SELECT FROM subagents a WHERE a.session_id = s.id)`;

const upTo = (sql: string): string => `(SELECT count(*) FROM (${sql} LIMIT ${maxCounted}) AS counted)`;

const sessions = {
  running: `SELECT FROM sessions s WHERE ${own} AND s.id IN (SELECT session_id FROM turns WHERE status = 'running')
    AND s.id NOT IN (SELECT session_id FROM approvals WHERE status = 'pending')`,
  waiting: `SELECT FROM sessions s WHERE ${own} AND s.id IN (SELECT session_id FROM approvals WHERE status = 'pending')`,
  failed: `SELECT FROM sessions s WHERE ${own} AND s.updated_at > ${recently}
    AND (SELECT t.status FROM turns t WHERE t.session_id = s.id ORDER BY t.turn DESC LIMIT 1) = 'failed'`,
};
const running = `SELECT FROM runs r WHERE r.status = 'running'`;
const runs = {
  running: `${running} AND r.id NOT IN (${asking})`,
  waiting: `${running} AND r.id IN (${asking})`,
  queued: `${running} AND r.kind = 'script' AND r.admitted_at IS NULL`,
  failed: `SELECT FROM runs r WHERE r.status = 'failed' AND r.created_at > ${recently} AND r.parent_run IS NULL
    AND NOT EXISTS (SELECT FROM runs later WHERE later.rerun_of = r.id AND later.created_at > ${recently})`,
};

const objectOf = (counted: Record<string, string>): string =>
  `jsonb_build_object(${Object.entries(counted)
    .map(([name, sql]) => `'${name}', ${upTo(sql)}`)
    .join(', ')})`;

export const workQueries = (database: Database) => ({
  async counts(): Promise<WorkCounts> {
    const [row] = await database.query<WorkCounts>(
      `SELECT ${objectOf(sessions)} AS sessions, ${objectOf(runs)} AS runs`,
    );
    if (!row) throw new Error('a count gave no row');
    return row;
  },
});
