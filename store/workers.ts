import { turnWorkflowId } from '../contracts/ids.ts';
import type { Database } from './database.ts';
import { one } from './one.ts';

/** Seconds without a heartbeat after which a worker counts as dead, by the database's clock. */
const silence = 5;

/** Replaces the pid of a worker whose work others are taking. */
const claimed = 0;

export type OpenAttempt = { key: string; taskToken: Buffer };

export const workerQueries = (database: Database) => ({
  async register(worker: { id: string; kind: string; pid: number; host: string }): Promise<void> {
    await database.query('INSERT INTO workers (id, kind, pid, host) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      worker.id,
      worker.kind,
      worker.pid,
      worker.host,
    ]);
  },

  /** False when another process has taken this worker's work, or is about to. */
  async beat(id: string): Promise<boolean> {
    const rows = await database.query(
      'UPDATE workers SET heartbeat_at = now() WHERE id = $1 AND pid <> $2 RETURNING id',
      [id, claimed],
    );
    return rows.length > 0;
  },

  /**
   * Takes a worker's work: from then on its beats are refused. False when it has beaten after all. `isGone`: its process
   * is known to have ended. A worker without a row has nothing that it may count on.
   */
  async claim(id: string, isGone: boolean): Promise<boolean> {
    const [row] = await database.query<{ claimed: boolean }>(
      `WITH taken AS (
         UPDATE workers SET pid = $3 WHERE id = $1 AND ($4 OR pid = $3 OR heartbeat_at < now() - $2 * interval '1 s')
         RETURNING id)
       SELECT EXISTS (SELECT FROM taken) OR NOT EXISTS (SELECT FROM workers WHERE id = $1) AS claimed`,
      [id, silence, claimed, isGone],
    );
    return row?.claimed === true;
  },

  async remove(id: string): Promise<void> {
    await database.query('DELETE FROM workers WHERE id = $1', [id]);
  },

  async dead(): Promise<string[]> {
    const rows = await database.query<{ id: string }>(
      `SELECT id FROM workers WHERE heartbeat_at < now() - $1 * interval '1 s'
       UNION
       SELECT worker_id FROM operations o WHERE state = 'open' AND task_token IS NOT NULL
         AND started_at < now() - $1 * interval '1 s' AND NOT EXISTS (SELECT 1 FROM workers w WHERE w.id = o.worker_id)`,
      [silence],
    );
    return rows.map(({ id }) => id);
  },

  /** Those of a kind, on one host or on all: without those of agents nothing is done. */
  async alive(kind: 'agents' | 'scripts' = 'agents', host: string | null = null): Promise<number> {
    return one(
      await database.query<{ count: number }>(
        `SELECT count(*) AS count FROM workers WHERE kind = $2 AND heartbeat_at >= now() - $1 * interval '1 s'
         AND ($3::text IS NULL OR host = $3)`,
        [silence, kind, host],
      ),
    ).count;
  },

  async openAttempts(workerId: string): Promise<OpenAttempt[]> {
    return await database.query<OpenAttempt>(
      `SELECT key, task_token AS "taskToken" FROM operations
       WHERE worker_id = $1 AND state = 'open' AND task_token IS NOT NULL`,
      [workerId],
    );
  },

  /**
   * Turns that run and whose work was this worker's, so that it may hold them in its memory; and those whose end it
   * sealed so shortly before its last heartbeat that Temporal may not know.
   */
  async heldTurns(workerId: string): Promise<string[]> {
    const rows = await database.query<{ workflowId: string }>(
      `SELECT o.workflow_id AS "workflowId"
       FROM turns t JOIN operations o USING (session_id, turn) WHERE t.status = 'running' AND o.worker_id = $1
       UNION
       SELECT o.workflow_id FROM sessions s JOIN operations o ON o.session_id = s.id,
         (SELECT coalesce((SELECT heartbeat_at FROM workers WHERE id = $1), now() - interval '10 s') - interval '3 s' AS at) AS heard
       WHERE s.updated_at > heard.at - interval '1 min' AND o.worker_id = $1 AND o.state = 'sealed' AND o.ended_at > heard.at`,
      [workerId],
    );
    return rows.map(({ workflowId }) => workflowId);
  },

  /** Running turns of any worker, at most `limit`: no row says which worker received a turn it has not begun. */
  async busyTurns(limit: number): Promise<string[]> {
    const rows = await database.query<{ sessionId: string; turn: number }>(
      `SELECT session_id AS "sessionId", turn FROM turns WHERE status = 'running' LIMIT $1`,
      [limit],
    );
    return rows.map(({ sessionId, turn }) => turnWorkflowId(sessionId, turn));
  },

  /**
   * Workflows of runs that a worker may hold in its memory, or whose activity it may have been doing: of a worker of
   * scripts the scripts that run, otherwise the flows and the steps, items and calls that have not ended. Also those whose end
   * it wrote so shortly before its last heartbeat that Temporal may not know. At most `limit`, what waits for its turn
   * last: one of those may have just been given to it.
   */
  async heldInRuns(workerId: string, limit: number): Promise<string[]> {
    const rows = await database.query<{ workflowId: string }>(
      `WITH worker AS (SELECT kind, heartbeat_at - interval '3 s' AS heard FROM workers WHERE id = $1),
         live AS (SELECT r.id, r.kind, r.definition FROM runs r, worker WHERE r.status = 'running' OR r.ended_at > heard),
         parts AS (
           SELECT 'run/' || live.id || '/step/' || (step ->> 'id') AS key, NULL::integer AS place
           FROM live, jsonb_array_elements(live.definition -> 'flow' -> 'steps') AS step WHERE live.kind = 'flow'
           UNION SELECT n.key, coalesce(n.index, n.ordinal) FROM nodes n JOIN live ON live.id = n.run_id
           WHERE n.index IS NOT NULL OR n.call IS NOT NULL)
       (SELECT 'run/' || live.id AS "workflowId" FROM live, worker
        WHERE live.kind = CASE worker.kind WHEN 'scripts' THEN 'script' ELSE 'flow' END LIMIT $2)
       UNION ALL
       (SELECT parts.key FROM worker, parts LEFT JOIN nodes n ON n.key = parts.key
        WHERE worker.kind <> 'scripts' AND (n.ended_at IS NULL OR n.ended_at > heard)
        ORDER BY coalesce(n.status, 'pending') = 'pending', place NULLS FIRST LIMIT $2)
       LIMIT $2`,
      [workerId, limit],
    );
    return rows.map(({ workflowId }) => workflowId);
  },

  /** The token of an attempt that was failed from outside is no longer of use. */
  async forgetToken(key: string, workerId: string): Promise<void> {
    await database.query(
      `UPDATE operations SET task_token = NULL WHERE key = $1 AND worker_id = $2 AND state = 'open'`,
      [key, workerId],
    );
  },
});
