import { z } from 'zod';
import { SessionSnapshot } from '../contracts/api.ts';
import { StreamEvent } from '../contracts/events.ts';
import type { ApiClient } from './api.ts';
import { type ConnectionDetail, type ConnectionState, keepConnected, type Timing } from './connection.ts';
import { parseJsonAs } from './contract.ts';

export type TailOptions = {
  /** The whole view at a position; replaces what was shown. Comes first unless `after` is given. */
  onSnapshot(snapshot: SessionSnapshot): void;
  /** Each event once, in the order of positions. */
  onEvent(event: StreamEvent): void;
  onState?: (state: ConnectionState, detail: ConnectionDetail) => void;
  signal?: AbortSignal;
  /** Begin after this position instead of with a snapshot. */
  after?: number;
  timing?: Timing;
};

/**
 * Follows a session through any number of lost connections: each new one resumes after the last position that was
 * handed over. Resolves when `signal` aborts; rejects on a refusal (`unauthorized`, `session_not_found`), a message
 * that breaks its contract, or an exception of a callback.
 */
export const tailSession = (api: ApiClient, sessionId: string, options: TailOptions): Promise<void> => {
  let position = options.after;
  return keepConnected({
    signal: options.signal,
    onState: options.onState,
    timing: options.timing,
    open: (signal) => api.openSessionEvents(sessionId, { signal, after: position }),
    onMessage: ({ event, data }) => {
      if (event === 'snapshot') {
        const snapshot = parseJsonAs(SessionSnapshot, data, `the snapshot of ${sessionId}`);
        options.onSnapshot(snapshot);
        position = snapshot.view.position;
      } else if (event === 'event') {
        const next = parseJsonAs(StreamEvent, data, `an event of ${sessionId}`);
        if (position !== undefined && next.position <= position) return;
        options.onEvent(next);
        position = next.position;
      }
    },
  });
};

const Change = z.object({ sessionId: z.string().nullable() });

export type WatchOptions = Pick<TailOptions, 'onState' | 'signal' | 'timing'> & {
  /** Something about this session changed; null when all may have, as after each (re)connection: reload everything. */
  onChange(sessionId: string | null): void;
};

/** Wake-ups for lists over many sessions. They are not replayed, so a new connection reports that all may be stale. */
export const watchLists = (api: ApiClient, { onChange, ...options }: WatchOptions): Promise<void> =>
  keepConnected({
    signal: options.signal,
    onState: options.onState,
    timing: options.timing,
    open: (signal) => api.openChanges({ signal }),
    onLive: () => onChange(null),
    onMessage: ({ event, data }) => {
      if (event === 'changed') onChange(parseJsonAs(Change, data, 'a change of the lists').sessionId);
    },
  });
