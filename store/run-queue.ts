import type { Run } from '../contracts/runs.ts';
import type { Database } from './database.ts';

export type Admitted = Pick<Run, 'id' | 'kind' | 'name'>;

/** Which runs of scripts run at once: the others are queued, in the order in which they were asked for. */
export const runQueueQueries = (database: Database) => ({
  /** Fills the free slots. Returns the runs whose workflows must be started. */
  async admit(cap: number): Promise<Admitted[]> {
    return await database.query<Admitted>(
      'SELECT r.id, r.kind, r.name FROM admit_runs($1) AS admitted JOIN runs r ON r.id = admitted',
      [cap],
    );
  },
});
