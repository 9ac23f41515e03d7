import type { Session } from '../contracts/api.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { WhenBusy } from '../contracts/events.ts';
import type { Database } from './database.ts';
import { storable } from './json.ts';

export type Message = {
  id: string;
  sessionId: string;
  text: string;
  whenBusy: WhenBusy;
  status: 'accepted' | 'delivered' | 'withdrawn';
  turn: number | null;
  /** When a workflow last said that it has it. */
  acknowledgedAt?: string | null;
};

/**
 * `nextTurn` is one more than the highest number that a turn of the session has. `isBackground`: the session is that of
 * a background agent that has not ended, whose workflow alone starts the session's.
 */
export type Addressee = Pick<Session, 'id' | 'agent' | 'model' | 'allow'> & {
  nextTurn: number;
  isBackground?: boolean;
};

const columns = `id, session_id AS "sessionId", text, when_busy AS "whenBusy", status, turn,
  iso(acknowledged_at) AS "acknowledgedAt"`;

export const messageQueries = (database: Database) => ({
  /**
   * Commits the message before anybody is told of it. The same id again gives the row that stands.
   * Throws `idempotency_mismatch` when that row says something else.
   */
  async accept(message: { id: string; sessionId: string; text: string; whenBusy: WhenBusy }): Promise<Message> {
    const text = storable(message.text);
    const [row] = await database.query<Message>(`SELECT ${columns} FROM accept_message($1, $2, $3, $4)`, [
      message.id,
      message.sessionId,
      text,
      message.whenBusy,
    ]);
    if (!row || row.sessionId !== message.sessionId || row.text !== text) {
      throw new EverturnError(
        'idempotency_mismatch',
        `Cannot send the message: its Idempotency-Key was used for another one. Send with a new key`,
      );
    }
    return row;
  },

  async acknowledge(id: string): Promise<void> {
    await database.query('UPDATE messages SET acknowledged_at = now() WHERE id = $1', [id]);
  },

  async withdraw(id: string, sessionId: string, code: string): Promise<void> {
    await database.query('SELECT withdraw_message($1, $2, $3)', [id, sessionId, code]);
  },

  /**
   * Messages that wait without a turn and that nobody has confirmed lately: never acknowledged for 3 s, or held by a
   * workflow that may be gone, for 60 s. Oldest first. Those of a step (their ids begin with its run) are brought by
   * its own workflow, those to a background agent wait for its place. What subagents write is brought by nobody else.
   */
  async undelivered(): Promise<Message[]> {
    return await database.query<Message>(
      `SELECT ${columns} FROM messages m WHERE status = 'accepted' AND id NOT LIKE 'run/%' AND
         NOT EXISTS (SELECT FROM subagents a WHERE a.session_id = m.session_id AND a.status = 'queued') AND
         (acknowledged_at IS NULL AND (accepted_at < now() - interval '3 s' OR id LIKE 'subagent/%')
          OR acknowledged_at < now() - CASE WHEN id LIKE 'subagent/%' THEN interval '15 s' ELSE interval '60 s' END)
       ORDER BY accepted_at LIMIT 100`,
    );
  },

  /** Whether no turn has read it, and nobody has taken it back. */
  async isWaiting(id: string): Promise<boolean> {
    return (await database.query(`SELECT FROM messages WHERE id = $1 AND status = 'accepted'`, [id])).length > 0;
  },

  /** What the workflow of a session is started with, where there is none. */
  async addressee(sessionId: string): Promise<Addressee | undefined> {
    const [row] = await database.query<Addressee>(
      `SELECT id, agent, model, allow, (SELECT coalesce(max(turn), 0) + 1 FROM turns WHERE session_id = $1) AS "nextTurn",
         EXISTS (SELECT FROM subagents a WHERE a.session_id = $1 AND a.ended_at IS NULL) AS "isBackground"
       FROM sessions WHERE id = $1`,
      [sessionId],
    );
    return row;
  },
});
