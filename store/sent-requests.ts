import type { Chunk } from '../contracts/chunks.ts';
import type { Epoch } from '../contracts/context/epoch.ts';
import type { Prefix } from '../contracts/prefix.ts';
import type { SentBytes } from '../contracts/sent-request.ts';
import type { Database } from './database.ts';

/** `prefix` is null for an attempt whose bytes were not recorded. */
export type NotedRequest = {
  id: string;
  step: number;
  turn: number;
  attempt: number;
  status: string;
  model: string;
  prefix: Prefix | null;
  sent: SentBytes | null;
};

const noted = `id, turn, step, attempt, status, name AS model, attributes -> 'prefix' AS prefix, attributes -> 'sent' AS sent`;

/** What is known of the bytes of requests. */
export const sentRequestQueries = (database: Database) => ({
  /** The attempts of a step, the oldest first. */
  async attempts(sessionId: string, turn: number, step: number): Promise<NotedRequest[]> {
    return await database.query<NotedRequest>(
      `SELECT ${noted} FROM spans WHERE session_id = $1 AND turn = $2 AND step = $3 AND kind = 'model' ORDER BY started_at, id`,
      [sessionId, turn, step],
    );
  },

  /** What was noted of this request and of those before it that were answered, in order. */
  async until(sessionId: string, spanId: string): Promise<Pick<NotedRequest, 'prefix' | 'sent'>[]> {
    return await database.query<NotedRequest>(
      `SELECT attributes -> 'prefix' AS prefix, attributes -> 'sent' AS sent FROM spans
       WHERE session_id = $1 AND kind = 'model' AND (status = 'ok' OR id = $2)
         AND (started_at, id) <= (SELECT started_at, id FROM spans WHERE id = $2) ORDER BY started_at, id`,
      [sessionId, spanId],
    );
  },

  /** The epochs that were in force then. */
  async epochs(
    sessionId: string,
    until: number,
  ): Promise<Pick<Epoch, 'kind' | 'turn' | 'step' | 'summary' | 'failed'>[]> {
    return await database.query(
      `SELECT kind, turn, step, summary, failed FROM context_epochs WHERE session_id = $1 AND epoch <= $2 ORDER BY epoch`,
      [sessionId, until],
    );
  },

  /** The transcript up to a chunk, and all of one step. */
  async chunks(sessionId: string, seq: number, turn: number, step: number): Promise<Chunk[]> {
    return await database.query<Chunk>(
      `SELECT seq, turn, step, ordinal, iso(at) AS at, body FROM chunks
       WHERE session_id = $1 AND (seq <= $2 OR (turn = $3 AND step = $4)) AND kind <> 'usage' ORDER BY seq`,
      [sessionId, seq, turn, step],
    );
  },
});
