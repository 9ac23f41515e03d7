import { createReading, type StreamKind } from '../../../client/tail.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { Connection } from '../model/connection.ts';
import { watchForStall } from './stall.ts';
import { asError, type Store, tell } from './store.ts';
import type { Live } from './streams/live.ts';
import { whySilent } from './why-silent.ts';

/** How long events are gathered when the page is not drawn, and so has no frames. */
const hiddenGatherMs = 250;

/** Runs before the next drawing, or soon when nothing is drawn. */
const nextFrame = (run: () => void): void => {
  if (document.hidden) setTimeout(run, hiddenGatherMs);
  else requestAnimationFrame(run);
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
    const reading = createReading(followed.kind, id, {
      ...(after === undefined ? {} : { after }),
      onSnapshot: (snapshot) => {
        gathered = [];
        followed.onSnapshot(id, snapshot);
      },
      onEvent: (event) => {
        if (gathered.length === 0) nextFrame(flush);
        gathered.push(event);
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
      if (error.code === 'unauthorized') tell(store, error);
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
