import { type ZodType, z } from 'zod';
import { SessionSnapshot } from '../contracts/api.ts';
import { StreamEvent } from '../contracts/events.ts';
import { RunDetail } from '../contracts/run-detail.ts';
import { RunStreamEvent } from '../contracts/runs.ts';
import type { ApiClient } from './api.ts';
import { type ConnectionDetail, type ConnectionState, keepConnected, type Timing } from './connection.ts';
import { parseJsonAs } from './contract.ts';

export type Tailed<Snapshot, Event> = {
  /** The whole view at a position; replaces what was shown. Comes first unless `after` is given. */
  onSnapshot(snapshot: Snapshot): void;
  /** Each event once, in the order of positions. */
  onEvent(event: Event): void;
  onState?: (state: ConnectionState, detail: ConnectionDetail) => void;
  /** Nothing has come since then, though the connection stands; null: something has come again. */
  onSilence?: (since: number | null) => void;
  signal?: AbortSignal;
  /** Begin after this position instead of with a snapshot. */
  after?: number;
  timing?: Timing;
};
export type TailOptions = Tailed<SessionSnapshot, StreamEvent>;

type Stream<Snapshot, Event> = {
  name: string;
  snapshot: ZodType<Snapshot>;
  event: ZodType<Event>;
  positionOf(snapshot: Snapshot): number;
  open(options: { signal: AbortSignal; after: number | undefined }): Promise<ReadableStream<Uint8Array>>;
};

const tail = <Snapshot, Event extends { position: number }>(
  stream: Stream<Snapshot, Event>,
  options: Tailed<Snapshot, Event>,
): Promise<void> => {
  let position = options.after;
  return keepConnected({
    signal: options.signal,
    onState: options.onState,
    onSilence: options.onSilence,
    timing: options.timing,
    open: (signal) => stream.open({ signal, after: position }),
    onMessage: ({ event, data }) => {
      if (event === 'snapshot') {
        const snapshot = parseJsonAs(stream.snapshot, data, `the snapshot of ${stream.name}`);
        options.onSnapshot(snapshot);
        position = stream.positionOf(snapshot);
      } else if (event === 'event') {
        const next = parseJsonAs(stream.event, data, `an event of ${stream.name}`);
        if (position !== undefined && next.position <= position) return;
        options.onEvent(next);
        position = next.position;
      }
    },
  });
};

/**
 * Follows a session through any number of lost connections: each new one resumes after the last position that was
 * handed over. Resolves when `signal` aborts; rejects on a refusal (`unauthorized`, `session_not_found`), a message
 * that breaks its contract, or an exception of a callback.
 */
export const tailSession = (api: ApiClient, id: string, options: TailOptions): Promise<void> =>
  tail(
    {
      name: id,
      snapshot: SessionSnapshot,
      event: StreamEvent,
      positionOf: ({ view }) => view.position,
      open: (opening) => api.openSessionEvents(id, opening),
    },
    options,
  );

/** The same for a run. A run that has ended stays open: nothing comes after `run.settled`. */
export const tailRun = (api: ApiClient, id: string, options: Tailed<RunDetail, RunStreamEvent>): Promise<void> =>
  tail(
    {
      name: id,
      snapshot: RunDetail,
      event: RunStreamEvent,
      positionOf: ({ position }) => position,
      open: (opening) => api.openRunEvents(id, opening),
    },
    options,
  );

const Change = z.object({ sessionId: z.string().nullable(), runId: z.string().nullable().default(null) });

export type WatchOptions = Pick<TailOptions, 'onState' | 'signal' | 'timing'> & {
  /** Something about this session or run changed; both null when all may have, as after each (re)connection: reload everything. */
  onChange(sessionId: string | null, runId: string | null): void;
};

/** Wake-ups for lists over many sessions. They are not replayed, so a new connection reports that all may be stale. */
export const watchLists = (api: ApiClient, { onChange, ...options }: WatchOptions): Promise<void> =>
  keepConnected({
    signal: options.signal,
    onState: options.onState,
    timing: options.timing,
    open: (signal) => api.openChanges({ signal }),
    onLive: () => onChange(null, null),
    onMessage: ({ event, data }) => {
      if (event !== 'changed') return;
      const { sessionId, runId } = parseJsonAs(Change, data, 'a change of the lists');
      onChange(sessionId, runId);
    },
  });
