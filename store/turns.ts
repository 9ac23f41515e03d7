import type { TurnStart } from '../contracts/activities.ts';
import type { NewChunk } from '../contracts/chunks.ts';
import type { ErrorCode } from '../contracts/errors.ts';
import type { TurnStatus } from '../contracts/events.ts';
import { turnWorkflowId } from '../contracts/ids.ts';
import type { Database } from './database.ts';
import { toJson } from './json.ts';
import { one } from './one.ts';
import { isUpgraded } from './upgrades.ts';

export type Settlement = {
  sessionId: string;
  turn: number;
  status: Exclude<TurnStatus, 'running'>;
  code: string | null;
  chunks: NewChunk[];
};

export type Settled = { status: Settlement['status']; next: number | null };

/** A turn and the id of the workflow that runs it: its own, or that of the step it belongs to. */
export type RunningTurn = { turn: number; workflowId: string };

export type TurnRow = { turn: number; workflow: string | null };

export const runningTurn = (sessionId: string, { turn, workflow }: TurnRow): RunningTurn => ({
  turn,
  workflowId: workflow ?? turnWorkflowId(sessionId, turn),
});

export type UnwatchedTurn = TurnStart & RunningTurn & { isHosted: boolean; isHeld: boolean; isCancelling: boolean };

export const turnQueries = (database: Database) => {
  /** Of any turn: where it runs, or ran. */
  const running = async (sessionId: string, turn: number): Promise<RunningTurn> => {
    const [row] = await database.query<TurnRow>(
      'SELECT turn, workflow FROM turns WHERE session_id = $1 AND turn = $2',
      [sessionId, turn],
    );
    return runningTurn(sessionId, row ?? { turn, workflow: null });
  };

  return {
    /**
     * Ends a turn that no sealed reply has ended; the first end given is kept, and is returned. `next`: the turn that was
     * assigned with it. Throws `session_not_found`.
     */
    async settle({ sessionId, turn, status, code, chunks }: Settlement): Promise<Settled> {
      return one(
        await database.query<Settled>('SELECT status, next FROM settle_turn($1, $2, $3, $4, $5)', [
          sessionId,
          turn,
          status,
          code,
          toJson(chunks),
        ]),
      );
    },

    /** Asks the turn that runs to end. Returns it; null when none runs. Throws `session_not_found`. */
    async cancel(sessionId: string): Promise<RunningTurn | null> {
      const [row] = await database.query<{ turn: number | null }>('SELECT cancel_turn($1) AS turn', [sessionId]);
      return row && row.turn !== null ? await running(sessionId, row.turn) : null;
    },

    running,

    /** Turns whose model request has failed and is not asked again yet: those that wait for a key are among them. */
    async resting(): Promise<RunningTurn[]> {
      const rows = await database.query<TurnRow & { sessionId: string }>(
        `SELECT t.session_id AS "sessionId", t.turn, t.workflow FROM turns t
         WHERE t.status = 'running' AND EXISTS (SELECT FROM operations o WHERE o.session_id = t.session_id AND o.turn = t.turn
           AND o.call IS NULL AND o.state = 'failed')`,
      );
      return rows.map((row) => runningTurn(row.sessionId, row));
    },

    /** The last turn of a session; of a step's session that has its result, the one that gave it. */
    async last(sessionId: string): Promise<{ turn: number; status: TurnStatus; code: ErrorCode | null } | undefined> {
      const [row] = await database.query<{ turn: number; status: TurnStatus; code: ErrorCode | null }>(
        `SELECT turn, status, code FROM turns
       WHERE session_id = $1 AND turn <= coalesce((SELECT result_turn FROM sessions WHERE id = $1), turn)
       ORDER BY turn DESC LIMIT 1`,
        [sessionId],
      );
      return row;
    },

    /**
     * Some of the running turns whose workflow was not checked for a while: 1 s where no step has begun, 2 s where
     * the turn was asked to end, otherwise 5 s. Those unseen longest come first. `isHeld`: a workflow of its own starts it.
     */
    async unwatched(limit: number): Promise<UnwatchedTurn[]> {
      const rows = await database.query<Omit<UnwatchedTurn, 'workflowId' | 'isHosted'> & TurnRow>(
        `UPDATE turns t SET watched_at = clock_timestamp() FROM (
         SELECT r.session_id, r.turn, s.agent, s.model, is_held(s) AS held FROM turns r JOIN sessions s ON s.id = r.session_id
         WHERE r.status = 'running' AND ${isUpgraded} AND (
           greatest(r.started_at, r.watched_at) < clock_timestamp() - interval '5 s'
           OR greatest(r.started_at, r.watched_at) < clock_timestamp() - interval '1 s' AND NOT EXISTS
             (SELECT FROM operations o WHERE o.session_id = r.session_id AND o.turn = r.turn)
           OR greatest(r.cancel_asked_at, r.watched_at) < clock_timestamp() - interval '2 s' AND r.cancel_asked_at IS NOT NULL)
         ORDER BY coalesce(r.watched_at, r.started_at) LIMIT $1 FOR UPDATE OF r SKIP LOCKED) AS due
       WHERE t.session_id = due.session_id AND t.turn = due.turn
       RETURNING t.session_id AS "sessionId", t.turn, t.workflow, due.agent, due.model, due.held AS "isHeld",
         t.cancel_asked_at IS NOT NULL AS "isCancelling"`,
        [limit],
      );
      return rows.map(({ workflow, ...row }) => ({
        ...row,
        ...runningTurn(row.sessionId, { turn: row.turn, workflow }),
        isHosted: workflow !== null,
      }));
    },
  };
};
