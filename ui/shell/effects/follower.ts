import type { ApiClient } from '../../../client/api.ts';
import type { Tailed } from '../../../client/tail.ts';
import type { Connection } from '../model/connection.ts';
import { asError, type Store, tell } from './store.ts';
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
  tail(api: ApiClient, id: string, options: Tailed<Snapshot, Event>): Promise<void>;
  onSnapshot(id: string, snapshot: Snapshot): void;
  /** A burst of events is one change of the state, so one drawing. `signal` ends with the stream. */
  onEvents(id: string, events: Event[], signal: AbortSignal): void;
  onConnection(id: string, connection: Connection): void;
  /** What is on the screen, and how far it is. */
  current(): { id: string; connection: Connection; position: number | undefined } | null;
};

export type Follower = {
  /** Follows one, or none. */
  open(id: string | null): void;
  reconnect(): void;
};

/** Follows what is on the screen, at most one stream at a time. */
export const createFollower = <Snapshot, Event>(store: Store, followed: Followed<Snapshot, Event>): Follower => {
  let following = new AbortController();
  let openId: string | null = null;

  const follow = async (id: string, after: number | undefined): Promise<void> => {
    following.abort();
    following = new AbortController();
    const { signal } = following;
    let gathered: Event[] = [];
    const flush = (): void => {
      if (gathered.length === 0 || signal.aborted) return;
      const events = gathered;
      gathered = [];
      followed.onEvents(id, events, signal);
    };
    try {
      await followed.tail(store.api(), id, {
        signal,
        ...(after === undefined ? {} : { after }),
        onSnapshot: (snapshot) => {
          gathered = [];
          followed.onSnapshot(id, snapshot);
        },
        onEvent: (event) => {
          if (gathered.length === 0) nextFrame(flush);
          gathered.push(event);
        },
        onSilence: (since) => {
          if (signal.aborted) return;
          followed.onConnection(id, since === null ? { state: 'live' } : { state: 'silent', since, reason: null });
          if (since === null) return;
          void whySilent(store, signal).then((reason) => {
            const { state } = followed.current()?.connection ?? {};
            if (!signal.aborted && state === 'silent') followed.onConnection(id, { state, since, reason });
          });
        },
        onState: (state, { error, retryInMs = 0 }) => {
          if (signal.aborted) return;
          if (state === 'connecting' && followed.current()?.connection.state === 'retrying') return;
          followed.onConnection(
            id,
            state === 'live' || state === 'connecting'
              ? { state }
              : { state, error: asError(error), retryAt: Date.now() + retryInMs },
          );
        },
      });
    } catch (cause) {
      if (!signal.aborted && asError(cause).code === 'unauthorized') tell(store, cause);
    }
  };

  return {
    open: (id) => {
      if (id !== null && id === openId && !following.signal.aborted) return;
      openId = id;
      following.abort();
      if (id !== null) void follow(id, undefined);
    },
    reconnect: () => {
      const now = followed.current();
      if (!now) return;
      followed.onConnection(now.id, { state: 'connecting' });
      void follow(now.id, now.position);
    },
  };
};
