import { tailRun } from '../../../client/tail.ts';
import { hasEnded } from '../../../contracts/run-view.ts';
import type { RunEvent, RunStreamEvent } from '../../../contracts/runs.ts';
import { nextFrame } from '../../session/effects/open-session.ts';
import { asError, type Store, tell } from '../../shell/effects/store.ts';

/** Usage is in no event, so the run is read again while steps end; not more often than this. */
const readAgainMs = 1_500;

export type FollowRun = {
  /** Follows a run, or none. */
  open(id: string | null): void;
  reconnect(): void;
};

/**
 * What an event leaves open: usage after the end of a node, items that end without an event of theirs, whether something
 * else waits when a question is answered.
 */
const asksToRead = (event: RunEvent): boolean =>
  event.type === 'run.settled' ||
  event.type === 'question.changed' ||
  (event.type === 'node.changed' && hasEnded(event.node.status));

/** Follows the run on the screen, at most one at a time. */
export const createFollowRun = (store: Store): FollowRun => {
  let following = new AbortController();
  let followed: string | null = null;

  const follow = async (runId: string, after: number | undefined): Promise<void> => {
    following.abort();
    following = new AbortController();
    const { signal } = following;
    let gathered: RunStreamEvent[] = [];
    let reading: ReturnType<typeof setTimeout> | undefined;

    const readAgain = async (): Promise<void> => {
      reading = undefined;
      if (signal.aborted) return;
      try {
        store.dispatch({ type: 'run-read', runId, detail: await store.api().getRun(runId, { signal }) });
      } catch {
        // The stream's own state tells of an API that is away.
      }
    };
    const flush = (): void => {
      if (gathered.length === 0 || signal.aborted) return;
      const events = gathered;
      gathered = [];
      store.dispatch({ type: 'run-events', runId, events });
      if (!events.some(({ event }) => asksToRead(event))) return;
      const isOver = events.some(({ event }) => event.type === 'run.settled');
      if (isOver) clearTimeout(reading);
      if (isOver) void readAgain();
      else reading ??= setTimeout(() => void readAgain(), readAgainMs);
    };
    signal.addEventListener('abort', () => clearTimeout(reading));
    try {
      await tailRun(store.api(), runId, {
        signal,
        ...(after === undefined ? {} : { after }),
        onSnapshot: (detail) => {
          gathered = [];
          store.dispatch({ type: 'run-snapshot', runId, detail });
        },
        onEvent: (event) => {
          if (gathered.length === 0) nextFrame(flush);
          gathered.push(event);
        },
        onState: (state, { error, retryInMs = 0 }) => {
          if (signal.aborted) return;
          if (state === 'connecting' && store.get().run?.connection.state === 'retrying') return;
          const connection =
            state === 'live' || state === 'connecting'
              ? { state }
              : { state, error: asError(error), retryAt: Date.now() + retryInMs };
          store.dispatch({ type: 'run-connection', runId, connection });
        },
      });
    } catch (cause) {
      if (!signal.aborted && asError(cause).code === 'unauthorized') tell(store, cause);
    }
  };

  return {
    open: (id) => {
      if (id !== null && id === followed && !following.signal.aborted) return;
      followed = id;
      following.abort();
      if (id !== null) void follow(id, undefined);
    },
    reconnect: () => {
      const { run } = store.get();
      if (!run) return;
      store.dispatch({ type: 'run-connection', runId: run.runId, connection: { state: 'connecting' } });
      void follow(run.runId, run.view?.position);
    },
  };
};
