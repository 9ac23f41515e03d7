import type { Database } from './database.ts';
import { isUpgraded } from './upgrades.ts';

/** What its workflow must be notified of. */
export type UnnotifiedSubagent = { id: string; parentSessionId: string; action: 'start' | 'admit' | 'cancel' };

/** Subagents without a workflow that looks after them. */
export const subagentCareQueries = (database: Database) => ({
  /** Those that are to end with their parent, which has ended. */
  async orphans(): Promise<string[]> {
    const rows = await database.query<{ id: string }>(
      `SELECT id FROM subagents a WHERE ended_at IS NULL AND cancel_asked_at IS NULL AND on_parent_end = 'cancel'
         AND parent_has_ended(a) LIMIT 100`,
    );
    return rows.map(({ id }) => id);
  },

  /** Removes what is left of those whose own session and whose parent's were deleted. */
  async sweep(): Promise<void> {
    await database.query(
      `DELETE FROM subagents a WHERE session_id IS NULL AND ended_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM sessions WHERE id = a.parent_session)`,
    );
  },

  /** Requests that their workflow has not acknowledged after 1 s; the process that should have notified it may have died. Each is returned after 2 s, then after growing intervals. */
  async untold(): Promise<UnnotifiedSubagent[]> {
    return await database.query<UnnotifiedSubagent>(
      `UPDATE subagents a SET told_at = clock_timestamp() FROM (
         SELECT id, CASE WHEN acknowledged_at IS NULL THEN 'start' WHEN cancel_asked_at IS NOT NULL THEN 'cancel'
           ELSE 'admit' END AS action
         FROM subagents WHERE ended_at IS NULL AND (told_at IS NULL OR clock_timestamp() - told_at > greatest(interval '2 s',
             (told_at - coalesce(cancel_asked_at, admitted_at, created_at)) / 2))
           AND (acknowledged_at IS NULL AND created_at < clock_timestamp() - interval '1 s'
             OR acknowledged_at IS NOT NULL AND cancel_asked_at < clock_timestamp() - interval '1 s'
             OR acknowledged_at IS NOT NULL AND status = 'queued' AND admitted_at < clock_timestamp() - interval '1 s')
         ORDER BY place LIMIT 100 FOR UPDATE SKIP LOCKED) AS due
       WHERE a.id = due.id RETURNING a.id, a.parent_session AS "parentSessionId", due.action`,
    );
  },

  /** Some of those that have not ended and whose workflow was not checked for 3 s, the longest first. */
  async unwatched(limit: number): Promise<{ id: string; label: string; sessionId: string | null }[]> {
    return await database.query(
      `UPDATE subagents a SET watched_at = clock_timestamp() FROM (
         SELECT id FROM subagents WHERE ended_at IS NULL AND ${isUpgraded}
           AND coalesce(watched_at, acknowledged_at) < clock_timestamp() - interval '3 s'
         ORDER BY coalesce(watched_at, acknowledged_at) LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
       WHERE a.id = due.id RETURNING a.id, a.label, a.session_id AS "sessionId"`,
      [limit],
    );
  },

  /**
   * Workflows of those that have a place, have just been spawned or have just ended, with their turns: any of
   * them can have been in the hands of a worker that died.
   */
  async held(limit: number): Promise<string[]> {
    const rows = await database.query<{ workflowId: string }>(
      `WITH live AS (
         SELECT id, session_id FROM subagents WHERE ended_at IS NULL AND (admitted_at IS NOT NULL
           OR created_at > clock_timestamp() - interval '10 s') OR ended_at > clock_timestamp() - interval '10 s')
       SELECT workflow_id AS "workflowId" FROM (
         SELECT 'subagent/' || id AS workflow_id FROM live
         UNION ALL SELECT 'turn/' || t.session_id || '/' || t.turn FROM live JOIN turns t USING (session_id)
           WHERE t.status = 'running') AS held LIMIT $1`,
      [limit],
    );
    return rows.map(({ workflowId }) => workflowId);
  },
});
