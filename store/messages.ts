import type { TurnStart } from '../contracts/activities.ts';
import type { Session } from '../contracts/api.ts';
import type { AttachmentRef } from '../contracts/attachments.ts';
import type { EpochKind } from '../contracts/context/epoch.ts';
import { EverturnError } from '../contracts/errors.ts';
import type { WhenBusy } from '../contracts/events.ts';
import { type Act, withKey } from './audit.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';

/** `prune`, `compact`: no answer is asked for, but an epoch of the context; the text says so to readers. */
export type MessageKind = 'text' | EpochKind;

export type NewMessage = {
  id: string;
  sessionId: string;
  text: string;
  whenBusy: WhenBusy;
  /** Default: `text`. */
  kind?: MessageKind;
  /** Default: nothing. */
  attachments?: readonly AttachmentRef[] | undefined;
};

export type Accepted = {
  /** The turn that reads the message; null while it waits. */
  turn: number | null;
  /** The turn that the caller is to start; null if there is none. */
  starts: TurnStart | null;
  /** The turn that the message interrupts, for a notification. */
  cancels: number | null;
};

export type Addressee = Pick<Session, 'id' | 'agent' | 'model'>;

/** Messages that may wait in one session. */
const queueLimit = 500;

const refusals = {
  busy: ['session_busy', 'a turn is running; send with whenBusy "enqueue" or "interrupt"'],
  full: ['queue_full', `${queueLimit} messages wait already; wait until some are answered`],
  unattached: [
    'attachment_not_found',
    'an attachment does not exist: one that no message uses is removed after a day. Attach it again',
  ],
  mismatch: ['idempotency_mismatch', 'its Idempotency-Key was used for another one. Send with a new key'],
} as const;

type AcceptedRow = Omit<Accepted, 'starts'> & {
  outcome: 'accepted' | keyof typeof refusals;
  starts: number | null;
  agent: string;
  model: string;
};

export const messageQueries = (database: Database) => ({
  /**
   * Commits the message and decides about it in one transaction; the same id again changes nothing. Throws
   * `session_busy`, `queue_full`, `attachment_not_found`, `idempotency_mismatch` and `session_not_found`, and then nothing was written.
   * `isOurs`: written by Everturn, not by a user; the queue limit does not apply. `by`: goes into the audit log with it.
   */
  async accept(message: NewMessage, { isOurs = false, by }: { isOurs?: boolean; by?: Act } = {}): Promise<Accepted> {
    const [row] = await database.query<AcceptedRow>(
      `WITH accepted AS MATERIALIZED (SELECT * FROM accept_message($1, $2, $3, $4, $5, $7, $8)), noted AS (
         INSERT INTO audit (key, user_name, role, action, target, detail)
         SELECT act->>'key', act->>'user', act->>'role', act->>'action', act->>'target', coalesce(act->'detail', '{}')
         FROM accepted, (SELECT $6::jsonb AS act) AS given WHERE outcome = 'accepted' AND act IS NOT NULL
         ON CONFLICT (key) DO NOTHING)
       SELECT * FROM accepted`,
      [
        message.id,
        message.sessionId,
        storable(message.text),
        message.whenBusy,
        isOurs ? null : queueLimit,
        by ? toJson(withKey(by)) : null,
        message.kind ?? 'text',
        toJson(message.attachments ?? []),
      ],
      `session ${message.sessionId}`,
    );
    if (!row) throw new Error('accept_message gave no row');
    const { outcome, turn, starts, agent, model, cancels } = row;
    const { sessionId } = message;
    if (outcome === 'accepted') {
      return { turn, starts: starts === null ? null : { sessionId, turn: starts, agent, model }, cancels };
    }
    const [code, reason] = refusals[outcome];
    throw new EverturnError(code, `Cannot send the message: ${reason}`);
  },

  /** The message no longer waits, and its session is notified. False: it does not wait. Null: the session has no message with this id. */
  async withdraw(sessionId: string, id: string): Promise<boolean | null> {
    const [row] = await database.query<{ withdrawn: boolean }>(
      `SELECT withdraw_message(id, session_id, 'message_withdrawn') AS withdrawn FROM messages WHERE id = $1 AND session_id = $2`,
      [id, sessionId],
    );
    return row?.withdrawn ?? null;
  },

  /**
   * The turn that the holder of the session is to run next; null when no message waits, which `release` makes final.
   * `host`: the id of the workflow that runs it. Default: one of the turn's own.
   */
  async take(
    sessionId: string,
    { release, host = null }: { release: boolean; host?: string | null },
  ): Promise<number | null> {
    const [row] = await database.query<{ turn: number | null }>('SELECT take_turn($1, $2, $3) AS turn', [
      sessionId,
      release,
      host,
    ]);
    return row?.turn ?? null;
  },

  /** Assigns turns where messages wait, nothing runs and the session is not held. Returns the turns to start. */
  async assignStray(): Promise<TurnStart[]> {
    const stray = await database.query<Addressee>(
      `SELECT s.id, s.agent, s.model FROM sessions s
       WHERE EXISTS (SELECT FROM messages m WHERE m.session_id = s.id AND m.status = 'accepted'
           AND m.accepted_at < now() - interval '2 s')
         AND NOT EXISTS (SELECT FROM turns t WHERE t.session_id = s.id AND t.status = 'running')
         AND NOT is_held(s)
       ORDER BY s.id LIMIT 100`,
    );
    const assigned: TurnStart[] = [];
    // Each in a transaction of its own, which locks one stream.
    for (const { id: sessionId, agent, model } of stray) {
      const [row] = await database.query<{ turn: number | null }>('SELECT assign_stray($1) AS turn', [sessionId]);
      if (row && row.turn !== null) assigned.push({ sessionId, turn: row.turn, agent, model });
    }
    return assigned;
  },

  /** What the workflow of a turn is labelled with. */
  async addressee(sessionId: string): Promise<Addressee | undefined> {
    const [row] = await database.query<Addressee>('SELECT id, agent, model FROM sessions WHERE id = $1', [sessionId]);
    return row;
  },
});
