import type { SessionEvent } from '../contracts/events.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import { one } from './one.ts';

/** An ephemeral event of an attempt. `batch` counts them from 1; `key` is the operation's. */
export type Delta = {
  key: string;
  session: string;
  fence: number;
  batch: number;
  type: Extract<SessionEvent['type'], 'delta' | 'tool.output'>;
  data: object;
};

/** `lost`: a newer attempt has begun, the result is sealed, or the session is gone. `busy`: give the same delta again. */
export type DeltaOutcome = 'written' | 'lost' | 'busy';

export const deltaQueries = (database: Database) => ({
  /** One transaction. A delta that was written before counts as written. */
  async append(deltas: readonly Delta[]): Promise<DeltaOutcome[]> {
    return one(
      await database.query<{ outcomes: DeltaOutcome[] }>('SELECT append_deltas($1) AS outcomes', [toJson(deltas)]),
    ).outcomes;
  },
});
