import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** What a script and its host say to each other, by its hash. */
export const contentQueries = (database: Database) => ({
  /**
   * Returns the hash under which it is stored. Idempotent. Of a run that is not there nothing is kept: a workflow that someone
   * made up, or whose run was deleted, must come to its end.
   */
  async put(runId: string, value: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(value).digest('hex');
    await database.query(
      `INSERT INTO contents (run_id, hash, value)
       SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM runs WHERE id = $1) ON CONFLICT DO NOTHING`,
      [runId, hash, value],
    );
    return hash;
  },

  async get(runId: string, hash: string): Promise<Uint8Array | undefined> {
    const [row] = await database.query<{ value: Buffer }>(
      'SELECT value FROM contents WHERE run_id = $1 AND hash = $2',
      [runId, hash],
    );
    return row?.value;
  },
});
