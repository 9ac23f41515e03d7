import { createReading, type StreamKind } from '../../../client/tail.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { Connection } from '../model/connection.ts';
import { watchForStall } from './stall.ts';
import { asError, reportFailure, type Store } from './store.ts';
import type { Live } from './streams/live.ts';
import { whySilent } from './why-silent.ts';

/** A page that is hidden has no frames: this is one. */
const hiddenFrameMs = 250;

const nextFrame = (run: () => void): void => {
  const go = (): void => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    run();
  };
  const timer = setTimeout(go, hiddenFrameMs);
  const frame = requestAnimationFrame(go);
};

/**
 * Calls `run` once per frame at most: at once after a frame without a call, so that workers can begin before the next
 * drawing, else before that drawing.
 */
const oncePerFrame = (run: () => void): (() => void) => {
  let isResting = false;
  let isAsked = false;
  const go = (): void => {
    isAsked = false;
    run();
    nextFrame(() => {
      if (isAsked) go();
      else isResting = false;
    });
  };
  return () => {
    isAsked = true;
    if (isResting) return;
    isResting = true;
    // After the other events of the same message.
    queueMicrotask(go);
  };
};

/** A kind of stream, and where its content goes. */
export type Followed<Snapshot, Event> = {
  kind: StreamKind<Snapshot, Event>;
  streamOf(id: string): string;
  onSnapshot(id: string, snapshot: Snapshot): void;
  /** A burst of events is one change of the state, so one drawing. `signal` ends with the stream. */
  onEvents(id: string, events: Event[], signal: AbortSignal): void;
  onConnection(id: string, connection: Connection): void;
  /** What is on the screen, and how far it is. `isBusy`: something runs that should bring events. */
  current(): { id: string; position: number | undefined; isBusy: boolean } | null;
};

export type Follower = {
  /** Follows one, or none. */
  open(id: string | null): void;
  reconnect(): void;
};

/** Follows what is on the screen, at most one stream at a time. */
export const createFollower = <Snapshot, Event extends { position: number }>(
  store: Store,
  live: Live,
  followed: Followed<Snapshot, Event>,
): Follower => {
  let following = new AbortController();
  let openId: string | null = null;

  const follow = (id: string, after: number | undefined): void => {
    following.abort();
    following = new AbortController();
    const { signal } = following;
    let gathered: Event[] = [];
    let connection: Connection = { state: 'connecting' };
    let stall: { since: number; reason: string } | null = null;
    const showConnection = (): void =>
      followed.onConnection(id, connection.state === 'live' && stall ? { state: 'stalled', ...stall } : connection);
    const flush = (): void => {
      if (gathered.length === 0 || signal.aborted) return;
      const events = gathered;
      gathered = [];
      followed.onEvents(id, events, signal);
    };
    const flushSoon = oncePerFrame(flush);
    const reading = createReading(followed.kind, id, {
      ...(after === undefined ? {} : { after }),
      onSnapshot: (snapshot) => {
        gathered = [];
        followed.onSnapshot(id, snapshot);
      },
      onEvent: (event) => {
        gathered.push(event);
        flushSoon();
      },
    });
    const heard = watchForStall({
      signal,
      isBusy: () => connection.state === 'live' && followed.current()?.isBusy === true,
      why: (ending) => whySilent(store.api(), ending),
      onStall: (found) => {
        stall = found;
        showConnection();
      },
    });
    const fail = (error: EverturnError): void => {
      following.abort();
      followed.onConnection(id, { state: 'failed', error });
      if (error.code === 'unauthorized') reportFailure(store, error);
    };
    const leave = live.follow(
      { stream: followed.streamOf(id), after },
      {
        onMessage: (message) => {
          try {
            reading.read(message);
            heard();
          } catch (cause) {
            fail(asError(cause));
          }
        },
        onRefused: fail,
        onConnection: (now) => {
          connection = now;
          showConnection();
        },
      },
    );
    signal.addEventListener('abort', leave, { once: true });
  };

  return {
    open: (id) => {
      if (id !== null && id === openId && !following.signal.aborted) return;
      openId = id;
      following.abort();
      if (id !== null) follow(id, undefined);
    },
    reconnect: () => {
      const now = followed.current();
      if (!now) return;
      followed.onConnection(now.id, { state: 'connecting' });
      follow(now.id, now.position);
      live.retry();
    },
  };
};
