import type { StackReport, WorkerRow } from '../contracts/stack.ts';
import type { Database } from './database.ts';

/** A worker that has been silent for longer no longer matters. */
const forgottenAfter = '10 minutes';

export const stackQueries = (database: Database) => ({
  async workers(): Promise<WorkerRow[]> {
    return await database.query<WorkerRow>(
      `SELECT w.id, w.kind, w.host, iso(w.started_at) AS "startedAt",
         greatest(extract(epoch FROM clock_timestamp() - w.heartbeat_at) * 1000, 0)::double precision AS "silentMs",
         (SELECT count(*) FROM operations o WHERE o.worker_id = w.id AND o.state = 'open') AS open
       FROM workers w WHERE w.heartbeat_at > now() - $1::interval ORDER BY w.kind, w.started_at, w.id`,
      [forgottenAfter],
    );
  },

  async waiting(): Promise<StackReport['waiting']> {
    const [row] = await database.query<StackReport['waiting']>(
      `SELECT (SELECT count(*) FROM messages WHERE status = 'accepted') AS messages,
         (SELECT count(*) FROM runs WHERE kind = 'script' AND status = 'running' AND admitted_at IS NULL) AS runs,
         (SELECT count(*) FROM subagents WHERE status = 'queued') AS subagents`,
    );
    if (!row) throw new Error('a count gave no row');
    return row;
  },

  async database(): Promise<NonNullable<StackReport['database']>> {
    const [row] = await database.query<NonNullable<StackReport['database']>>(
      `SELECT pg_database_size(current_database()) AS bytes,
         (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections`,
    );
    if (!row) throw new Error('a count gave no row');
    return row;
  },
});
