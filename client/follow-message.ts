import { EverturnError, isErrorCode } from '../contracts/errors.ts';
import type { SessionEvent, StreamEvent } from '../contracts/events.ts';
import { noUsage, type UsageTotals } from '../contracts/usage.ts';
import { addUsageBody } from '../contracts/usage-chunk.ts';
import type { ApiClient } from './api.ts';
import type { ConnectionDetail, ConnectionState } from './connection.ts';
import { tailSession } from './tail.ts';

/** How the turn of a message ended. */
export type Outcome = {
  turn: number;
  status: 'completed' | 'failed' | 'cancelled';
  /** Why it did not complete: a code of the error table. */
  code: string | null;
  durationMs: number;
  /** Of the requests of this turn. */
  usage: UsageTotals;
};

export type FollowOptions = {
  sessionId: string;
  messageId: string;
  /** A position before the message. Default: the beginning of the session. */
  after?: number;
  /** Each event of the message and of its turn, once and in order. */
  onEvent(event: StreamEvent): void;
  onState?: (state: ConnectionState, detail: ConnectionDetail) => void;
  /** Stops following; the turn continues. */
  signal?: AbortSignal;
};

/**
 * Follows a message until its turn has settled, through any number of lost connections. Null when `signal` aborted.
 * Throws the code of a message that was withdrawn.
 */
export const followMessage = async (api: ApiClient, options: FollowOptions): Promise<Outcome | null> => {
  const { sessionId, messageId, after = 0, onEvent, onState, signal } = options;
  const stop = new AbortController();
  let turn: number | null = null;
  let usage = noUsage;
  let outcome: Outcome | null = null;

  const isOurs = (event: SessionEvent): boolean => {
    if ('subagent' in event || event.type === 'session.changed' || event.type === 'change.changed') return false;
    if ('messageId' in event) return event.messageId === messageId;
    return turn !== null && ('approval' in event ? event.approval.turn : event.turn) === turn;
  };

  await tailSession(api, sessionId, {
    after,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    ...(onState ? { onState } : {}),
    onSnapshot: () => {
      throw new EverturnError(
        'internal',
        `Cannot follow session ${sessionId} any further: its log is shorter than before, as after a restored backup. Look at it with "npx everturn tail ${sessionId}"`,
      );
    },
    onEvent: (streamed) => {
      const { event } = streamed;
      if (!isOurs(event)) return;
      if (event.type === 'turn.started') turn = event.turn;
      if ('chunks' in event)
        for (const { body } of event.chunks) if (body.kind === 'usage') usage = addUsageBody(usage, body);
      onEvent(streamed);
      if (event.type === 'message.withdrawn') {
        const code = isErrorCode(event.code) ? event.code : 'internal';
        throw new EverturnError(code, `Message ${messageId} was withdrawn: ${event.code}`);
      }
      if (event.type !== 'turn.settled') return;
      const { status, code, durationMs } = event;
      outcome = { turn: event.turn, status, code, durationMs, usage };
      stop.abort();
    },
  });
  return outcome;
};
