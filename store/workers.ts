import { sessionWorkflowId } from '../contracts/ids.ts';
import type { Database } from './database.ts';

/** Seconds without a heartbeat after which a worker counts as dead, by the database's clock. */
const silence = 5;

export type OpenAttempt = { key: string; taskToken: Buffer };
export type HeldTurn = { workflowId: string; sessionWorkflowId: string };

export const workerQueries = (database: Database) => ({
  async register(worker: { id: string; kind: string; pid: number; host: string }): Promise<void> {
    await database.query('INSERT INTO workers (id, kind, pid, host) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      worker.id,
      worker.kind,
      worker.pid,
      worker.host,
    ]);
  },

  /** False when somebody took this worker for dead and removed its row. */
  async beat(id: string): Promise<boolean> {
    const rows = await database.query('UPDATE workers SET heartbeat_at = now() WHERE id = $1 RETURNING id', [id]);
    return rows.length > 0;
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

  async alive(): Promise<number> {
    const [row] = await database.query<{ count: number }>(
      `SELECT count(*) AS count FROM workers WHERE heartbeat_at >= now() - $1 * interval '1 s'`,
      [silence],
    );
    return row?.count ?? 0;
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
   * sealed so shortly before it was last heard of that Temporal may not know.
   */
  async heldTurns(workerId: string): Promise<HeldTurn[]> {
    const rows = await database.query<{ sessionId: string; workflowId: string }>(
      `SELECT session_id AS "sessionId", o.workflow_id AS "workflowId"
       FROM turns t JOIN operations o USING (session_id, turn) WHERE t.status = 'running' AND o.worker_id = $1
       UNION
       SELECT session_id, workflow_id FROM operations WHERE worker_id = $1 AND state = 'sealed' AND ended_at >
         coalesce((SELECT heartbeat_at FROM workers WHERE id = $1), now() - interval '10 s') - interval '3 s'`,
      [workerId],
    );
    return rows.map(({ sessionId, workflowId }) => ({ workflowId, sessionWorkflowId: sessionWorkflowId(sessionId) }));
  },

  /** The token of an attempt that was failed from outside is of no more use. */
  async forgetToken(key: string, workerId: string): Promise<void> {
    await database.query(
      `UPDATE operations SET task_token = NULL WHERE key = $1 AND worker_id = $2 AND state = 'open'`,
      [key, workerId],
    );
  },
});
