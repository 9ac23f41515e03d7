import type { Span, SpanPage } from '../contracts/api.ts';
import { type CacheTotals, noSegments, type Segments, segmentNames } from '../contracts/cache.ts';
import type { Database } from './database.ts';

const sumOf = (path: string): string => `coalesce(sum((attributes #>> '{segments,${path}}')::bigint), 0)::bigint`;

const sums = segmentNames.map(
  (name) => `'${name}', jsonb_build_object('hit', ${sumOf(`${name},hit`)}, 'miss', ${sumOf(`${name},miss`)})`,
);

/** Of a session, and of some of its turns. */
const readCache = async (database: Database, sessionId: string, turns: readonly number[]): Promise<CacheTotals> => {
  const rows = await database.query<{ turn: number | null; segments: Segments }>(
    `SELECT turn, jsonb_build_object(${sums.join(', ')}) AS segments FROM spans
     WHERE session_id = $1 AND kind = 'model' AND status = 'ok' GROUP BY GROUPING SETS ((), (turn))
     HAVING turn IS NULL OR turn = ANY ($2::integer[]) ORDER BY turn NULLS FIRST`,
    [sessionId, turns],
  );
  return {
    session: rows.find(({ turn }) => turn === null)?.segments ?? noSegments,
    turns: rows.flatMap(({ turn, segments }) => (turn === null ? [] : [{ turn, segments }])),
  };
};

export const spanQueries = (database: Database) => ({
  async list(
    sessionId: string,
    options: { turn?: number | undefined; cursor?: string | undefined; limit: number },
  ): Promise<SpanPage> {
    const rows = await database.query<Span>(
      `SELECT id, turn, step, call, kind, name, attempt, status, iso(started_at) AS "startedAt", iso(ended_at) AS "endedAt", attributes - 'sent' AS attributes
       FROM spans WHERE session_id = $1 AND ($2::integer IS NULL OR turn = $2)
         AND ($3::text IS NULL OR (started_at, id) > (SELECT started_at, id FROM spans WHERE id = $3))
       ORDER BY spans.started_at, id LIMIT $4`,
      [sessionId, options.turn ?? null, options.cursor ?? null, options.limit + 1],
    );
    const spans = rows.slice(0, options.limit);
    const turns = [...new Set(spans.map(({ turn }) => turn))];
    return {
      spans,
      nextCursor: rows.length > options.limit ? (spans.at(-1)?.id ?? null) : null,
      cache: await readCache(database, sessionId, turns),
    };
  },

  /** Why a turn failed: what its transcript says of its code, otherwise why its newest failed attempt did so. */
  async whyFailed(sessionId: string, turn: number): Promise<string | undefined> {
    const [row] = await database.query<{ text: string }>(
      `SELECT c.body ->> 'text' AS text FROM chunks c JOIN turns t ON t.session_id = c.session_id AND t.turn = c.turn
       WHERE c.session_id = $1 AND c.turn = $2 AND c.kind = 'system' AND c.body ->> 'code' = t.code AND NOT c.body ? 'isSaid'
       ORDER BY c.seq DESC LIMIT 1`,
      [sessionId, turn],
    );
    return row?.text ?? (await this.lastFailure(sessionId, turn));
  },

  /** Why the newest attempt of a turn that failed did so. */
  async lastFailure(sessionId: string, turn: number): Promise<string | undefined> {
    const [row] = await database.query<{ message: string }>(
      `SELECT attributes ->> 'message' AS message FROM spans
       WHERE session_id = $1 AND turn = $2 AND status = 'error' AND attributes ? 'code' ORDER BY started_at DESC LIMIT 1`,
      [sessionId, turn],
    );
    return row?.message;
  },
});
