import type { StreamEvent } from '../contracts/events.ts';
import { streamOfSession } from '../contracts/ids.ts';
import type { Database } from './database.ts';

type Row = { position: number; at: string; type: string; data: object; chunks: unknown[] | null };

export const streamQueries = (database: Database) => ({
  /** Events after a position, in order, each fact with the chunks it carries. */
  async read(sessionId: string, after: number, limit = 500): Promise<StreamEvent[]> {
    const rows = await database.query<Row>(
      `SELECT e.position, iso(e.at) AS at, e.type, e.data,
         CASE WHEN e.from_seq IS NOT NULL THEN
           (SELECT jsonb_agg(chunk_json(c) ORDER BY c.seq) FROM chunks c
            WHERE c.session_id = $2 AND c.seq BETWEEN e.from_seq AND e.to_seq)
         END AS chunks
       FROM events e WHERE e.stream = $1 AND e.position > $3 ORDER BY e.position LIMIT $4`,
      [streamOfSession(sessionId), sessionId, after, limit],
    );
    return rows.map(({ position, at, type, data, chunks }) => ({
      position,
      at,
      // Written by our own functions in the shape of the contract.
      event: { type, ...data, ...(chunks ? { chunks } : {}) } as StreamEvent['event'],
    }));
  },

  async position(sessionId: string): Promise<number> {
    const [row] = await database.query<{ position: number }>('SELECT position FROM streams WHERE id = $1', [
      streamOfSession(sessionId),
    ]);
    return row?.position ?? 0;
  },
});
