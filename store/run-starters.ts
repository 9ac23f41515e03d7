import type { RunStatus } from '../contracts/runs.ts';
import type { Database } from './database.ts';

export type UntoldEnd = {
  id: string;
  name: string;
  /** The session of the agent that started the run. */
  sessionId: string;
  status: RunStatus;
  code: string | null;
  reason: string | null;
  output: unknown;
};

const atOnce = 20;

/** Agents that started a run are notified of its end. */
export const runStarterQueries = (database: Database) => ({
  /** Ends that no agent was notified of, the oldest first. A session that no longer exists gets no notice. */
  async untold(): Promise<UntoldEnd[]> {
    return await database.query(
      `SELECT r.id, r.name, r.parent_session AS "sessionId", r.status, r.code, r.reason, r.output
       FROM runs r JOIN sessions s ON s.id = r.parent_session
       WHERE r.ended_at IS NOT NULL AND NOT r.parent_told ORDER BY r.ended_at LIMIT $1`,
      [atOnce],
    );
  },

  async told(id: string): Promise<void> {
    await database.query('UPDATE runs SET parent_told = true WHERE id = $1', [id]);
  },
});
