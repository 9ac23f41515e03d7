import type { NewChunk } from '../contracts/chunks.ts';
import type { ErrorCode } from '../contracts/errors.ts';
import type { TurnStatus } from '../contracts/events.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';

export type Settlement = {
  sessionId: string;
  turn: number;
  messageId: string;
  status: Exclude<TurnStatus, 'running'>;
  code: string | null;
  chunks: NewChunk[];
};

export const turnQueries = (database: Database) => ({
  /** Ends a turn that no sealed reply has ended. Returns the status that stands: the first one given. */
  async settle({ sessionId, turn, messageId, status, code, chunks }: Settlement): Promise<TurnStatus> {
    const [row] = await database.query<{ status: TurnStatus }>('SELECT settle_turn($1, $2, $3, $4, $5, $6) AS status', [
      sessionId,
      turn,
      messageId,
      status,
      code,
      toJson(chunks),
    ]);
    return row?.status ?? status;
  },

  /** The turn of a session that began last. */
  async last(sessionId: string): Promise<{ turn: number; status: TurnStatus; code: ErrorCode | null } | undefined> {
    const [row] = await database.query<{ turn: number; status: TurnStatus; code: ErrorCode | null }>(
      'SELECT turn, status, code FROM turns WHERE session_id = $1 ORDER BY turn DESC LIMIT 1',
      [sessionId],
    );
    return row;
  },

  /** Undefined while the turn has not begun. */
  async status(sessionId: string, turn: number): Promise<TurnStatus | undefined> {
    const [row] = await database.query<{ status: TurnStatus }>(
      'SELECT status FROM turns WHERE session_id = $1 AND turn = $2',
      [sessionId, turn],
    );
    return row?.status;
  },
});
