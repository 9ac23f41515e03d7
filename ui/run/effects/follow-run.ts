import { runKind } from '../../../client/tail.ts';
import { streamOfRun } from '../../../contracts/ids.ts';
import { hasEnded } from '../../../contracts/run-view.ts';
import type { RunEvent } from '../../../contracts/runs.ts';
import { createFollower, type Follower } from '../../shell/effects/follower.ts';
import type { Store } from '../../shell/effects/store.ts';
import type { Live } from '../../shell/effects/streams/live.ts';

/** Usage is in no event, so the run is read again while steps end; not more often than this. */
const readAgainMs = 1_500;

/**
 * What an event leaves open: usage after the end of a node, items that end without an event of theirs, whether something
 * else waits when a question is answered.
 */
const asksToRead = (event: RunEvent): boolean =>
  event.type === 'run.settled' ||
  event.type === 'question.changed' ||
  (event.type === 'node.changed' && hasEnded(event.node.status));

/** Follows the run on the screen. */
export const createFollowRun = (store: Store, live: Live): Follower => {
  let reading: ReturnType<typeof setTimeout> | undefined;

  const readAgain = async (runId: string, signal: AbortSignal): Promise<void> => {
    reading = undefined;
    if (signal.aborted) return;
    try {
      store.dispatch({ type: 'run-read', runId, detail: await store.api().getRun(runId, { signal }) });
    } catch {
      // The stream's own state tells of an API that is away.
    }
  };

  return createFollower(store, live, {
    kind: runKind,
    streamOf: streamOfRun,
    onSnapshot: (runId, detail) => store.dispatch({ type: 'run-snapshot', runId, detail }),
    onEvents: (runId, events, signal) => {
      store.dispatch({ type: 'run-events', runId, events });
      if (!events.some(({ event }) => asksToRead(event))) return;
      if (events.some(({ event }) => event.type === 'run.settled')) {
        clearTimeout(reading);
        void readAgain(runId, signal);
      } else reading ??= setTimeout(() => void readAgain(runId, signal), readAgainMs);
    },
    onConnection: (runId, connection) => store.dispatch({ type: 'run-connection', runId, connection }),
    current: () => {
      const { run } = store.get();
      if (!run) return null;
      const { status, waiting, paused, queued } = run.view?.run ?? {};
      const isBusy = status === 'running' && !waiting && !paused && !queued;
      return { id: run.runId, position: run.view?.position, isBusy };
    },
  });
};
