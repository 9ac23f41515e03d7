import type { RunStatus } from '../contracts/runs.ts';
import type { Database } from './database.ts';

/** A run with the runs that its steps started, and theirs: they are deleted together. */
export const runFamilyQueries = (database: Database) => ({
  async members(id: string): Promise<{ id: string; status: RunStatus }[]> {
    return await database.query(
      `WITH RECURSIVE family AS (
         SELECT id, status FROM runs WHERE id = $1
         UNION SELECT r.id, r.status FROM runs r JOIN family f ON r.parent_run = f.id)
       SELECT id, status FROM family`,
      [id],
    );
  },

  async sessions(ids: readonly string[]): Promise<string[]> {
    const rows = await database.query<{ id: string }>('SELECT id FROM sessions WHERE run_id = ANY($1::text[])', [ids]);
    return rows.map(({ id }) => id);
  },

  /** With their sessions, and the contents of files that no other run has. */
  async remove(ids: readonly string[]): Promise<void> {
    await database.query('SELECT delete_sessions_of($1)', [ids]);
    await database.query('SELECT delete_runs($1)', [ids]);
    // One that is written at this moment and finds its content gone is written again by its activity.
    await database.query('DELETE FROM blobs b WHERE NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.hash = b.hash)');
  },
});
