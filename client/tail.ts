import type { ZodType } from 'zod';
import { SessionSnapshot } from '../contracts/api.ts';
import { ListChange } from '../contracts/changes.ts';
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
  /** Nothing has arrived since then, although the connection is open; null: something has arrived again. */
  onSilence?: (since: number | null) => void;
  signal?: AbortSignal;
  /** Begin after this position instead of with a snapshot. */
  after?: number;
  timing?: Timing;
};
export type TailOptions = Tailed<SessionSnapshot, StreamEvent>;

/** A kind of stream. */
export type StreamKind<Snapshot, Event> = {
  snapshot: ZodType<Snapshot>;
  event: ZodType<Event>;
  positionOf(snapshot: Snapshot): number;
};

export const sessionKind: StreamKind<SessionSnapshot, StreamEvent> = {
  snapshot: SessionSnapshot,
  event: StreamEvent,
  positionOf: ({ view }) => view.position,
};

export const runKind: StreamKind<RunDetail, RunStreamEvent> = {
  snapshot: RunDetail,
  event: RunStreamEvent,
  positionOf: ({ position }) => position,
};

/** Reads the messages of a stream and hands each event over once. `position` is that of what was handed over last. */
export const createReading = <Snapshot, Event extends { position: number }>(
  { snapshot, event, positionOf }: StreamKind<Snapshot, Event>,
  name: string,
  { onSnapshot, onEvent, after }: Pick<Tailed<Snapshot, Event>, 'onSnapshot' | 'onEvent' | 'after'>,
) => {
  let position = after;
  return {
    get position() {
      return position;
    },
    read(message: { event: string; data: string }): void {
      if (message.event === 'snapshot') {
        const whole = parseJsonAs(snapshot, message.data, `the snapshot of ${name}`);
        onSnapshot(whole);
        position = positionOf(whole);
      } else if (message.event === 'event') {
        const next = parseJsonAs(event, message.data, `an event of ${name}`);
        if (position !== undefined && next.position <= position) return;
        onEvent(next);
        position = next.position;
      }
    },
  };
};

const tail = <Snapshot, Event extends { position: number }>(
  kind: StreamKind<Snapshot, Event>,
  name: string,
  open: (options: { signal: AbortSignal; after: number | undefined }) => Promise<ReadableStream<Uint8Array>>,
  options: Tailed<Snapshot, Event>,
): Promise<void> => {
  const reading = createReading(kind, name, options);
  return keepConnected({
    signal: options.signal,
    onState: options.onState,
    onSilence: options.onSilence,
    timing: options.timing,
    open: (signal) => open({ signal, after: reading.position }),
    onMessage: reading.read,
  });
};

/**
 * Follows a session through any number of lost connections: each new one resumes after the last position that was
 * handed over. Resolves when `signal` aborts; rejects on a refusal (`unauthorized`, `session_not_found`), a message
 * that breaks its contract, or an exception of a callback.
 */
export const tailSession = (api: ApiClient, id: string, options: TailOptions): Promise<void> =>
  tail(sessionKind, id, (opening) => api.openSessionEvents(id, opening), options);

/** The same for a run. A run that has ended stays open: nothing comes after `run.settled`. */
export const tailRun = (api: ApiClient, id: string, options: Tailed<RunDetail, RunStreamEvent>): Promise<void> =>
  tail(runKind, id, (opening) => api.openRunEvents(id, opening), options);

export type WatchOptions = Pick<TailOptions, 'onState' | 'signal' | 'timing'> & {
  /** Something about this session or run changed; both null when all may have, as after each (re)connection: reload everything. */
  onChange(sessionId: string | null, runId: string | null): void;
};

/** Wake-ups for lists over many sessions. They are not replayed, so a new connection reports that all may be stale. */
export const watchLists = (api: ApiClient, { onChange, onState, ...options }: WatchOptions): Promise<void> =>
  keepConnected({
    ...options,
    open: (signal) => api.openChanges({ signal }),
    onState: (state, detail) => {
      onState?.(state, detail);
      if (state === 'live') onChange(null, null);
    },
    onMessage: ({ event, data }) => {
      if (event !== 'changed') return;
      const { sessionId, runId } = parseJsonAs(ListChange, data, 'a change of the lists');
      onChange(sessionId, runId);
    },
  });
