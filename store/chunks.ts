import type { Chunk, ChunkPage, PlacedChunk } from '../contracts/chunks.ts';
import type { Database } from './database.ts';
import { readUsage } from './usage.ts';

type Query = Database['query'];

/** The transcript after `seq`, usage rows apart, in order. Read whole for each request, so without what it does not need. */
export const readTranscript = async (query: Query, sessionId: string, after: number): Promise<PlacedChunk[]> =>
  await query<PlacedChunk>(
    `SELECT seq, turn, step, ordinal, body FROM chunks
     WHERE session_id = $1 AND seq > $2 AND kind <> 'usage' ORDER BY seq`,
    [sessionId, after],
  );

/** The newest `limit` chunks of the conversation below `before`. */
export const readPage = async (
  query: Query,
  sessionId: string,
  options: { before?: number | undefined; limit: number },
): Promise<ChunkPage> => {
  const chunks = await query<Chunk>(
    `SELECT seq, turn, step, ordinal, iso(at) AS at, body FROM chunks
     WHERE session_id = $1 AND seq < $2 AND kind <> 'usage' ORDER BY seq DESC LIMIT $3`,
    [sessionId, options.before ?? Number.MAX_SAFE_INTEGER, options.limit],
  );
  const [count] = await query<{ total: number }>(
    `SELECT count(*) AS total FROM chunks WHERE session_id = $1 AND kind <> 'usage'`,
    [sessionId],
  );
  return { chunks: chunks.reverse(), total: count?.total ?? 0, oldestSeq: chunks[0]?.seq ?? null };
};

export const chunkQueries = (database: Database) => ({
  transcript: (sessionId: string, after = 0) => readTranscript(database.query, sessionId, after),
  page: (sessionId: string, options: { before?: number | undefined; limit: number }) =>
    readPage(database.query, sessionId, options),
  usage: (sessionId: string) => readUsage(database.query, sessionId),
});
