import type { PruneItem, Retention } from '../contracts/prune.ts';
import type { Database } from './database.ts';

/** Neither runs, nor waits, nor belongs to work that continues. */
const atRest = `NOT EXISTS (SELECT FROM turns t WHERE t.session_id = s.id AND t.status = 'running')
  AND NOT EXISTS (SELECT FROM messages m WHERE m.session_id = s.id AND m.status = 'accepted')
  AND NOT EXISTS (SELECT FROM subagents a WHERE (a.session_id = s.id OR a.parent_session = s.id) AND a.ended_at IS NULL)
  AND NOT EXISTS (SELECT FROM runs r WHERE r.parent_session = s.id AND r.ended_at IS NULL)`;

export const pruneQueries = (database: Database) => ({
  /** What a policy lets go, the oldest first. */
  async due({ idleDays, archivedDays, runDays }: Retention, limit: number): Promise<PruneItem[]> {
    return await database.query<PruneItem>(
      `SELECT * FROM (
         SELECT 'session' AS kind, s.id, s.title, iso(s.updated_at) AS since, 'idle' AS because FROM sessions s
         WHERE $1::integer IS NOT NULL AND s.run_id IS NULL AND s.archived_at IS NULL
           AND s.updated_at < now() - make_interval(days => $1) AND ${atRest}
         UNION ALL
         SELECT 'session', s.id, s.title, iso(s.archived_at), 'archived' FROM sessions s
         WHERE $2::integer IS NOT NULL AND s.run_id IS NULL AND s.archived_at < now() - make_interval(days => $2) AND ${atRest}
         UNION ALL
         SELECT 'run', r.id, r.name, iso(r.ended_at), 'ended' FROM runs r
         WHERE $3::integer IS NOT NULL AND r.parent_run IS NULL AND r.ended_at < now() - make_interval(days => $3)
           AND NOT EXISTS (SELECT FROM sessions s WHERE s.run_id = r.id AND NOT (${atRest}))) AS due
       ORDER BY since, id LIMIT $4`,
      [idleDays ?? null, archivedDays ?? null, runDays ?? null, limit],
    );
  },
});
