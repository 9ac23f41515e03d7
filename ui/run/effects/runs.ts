import { newIdempotencyKey } from '../../../client/idempotency.ts';
import type { RunStatus, StartRun } from '../../../contracts/runs.ts';
import type { Lists } from '../../shell/effects/lists.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';

const pageSize = 50;

export type RunActions = {
  filter(status: RunStatus | null): void;
  more(): void;
  readFlows(): void;
  readScripts(): void;
  start(body: StartRun): void;
};

/** The list of runs, the flows and scripts there are, and starting one. `open` shows a run. */
export const createRuns = (store: Store, lists: Lists, open: (id: string) => void): RunActions => {
  /** The same request after a failure goes out under the same key: it cannot start two runs. */
  let last = { body: '', key: '' };

  const start = async (body: StartRun): Promise<void> => {
    const written = JSON.stringify(body);
    if (last.body !== written) last = { body: written, key: newIdempotencyKey() };
    store.dispatch({ type: 'run-starting' });
    try {
      const run = await store.api().startRun(body, { idempotencyKey: last.key });
      last = { body: '', key: '' };
      store.dispatch({ type: 'run-started', run });
      open(run.id);
    } catch (cause) {
      const error = asError(cause);
      store.dispatch({ type: 'run-start-failed', error });
      if (error.code === 'unauthorized') reportFailure(store, error);
    }
  };

  return {
    filter: (filter) => {
      store.dispatch({ type: 'runs-filter', filter });
      lists.readRuns();
    },
    more: () => {
      const { filter, nextCursor, loadingMore } = store.get().runs;
      if (nextCursor === null || loadingMore) return;
      store.dispatch({ type: 'runs-loading-more' });
      store
        .api()
        .listRuns({ cursor: nextCursor, limit: pageSize, status: filter ?? undefined })
        .then((page) => store.dispatch({ type: 'runs-more', filter, page }))
        .catch((cause: unknown) => store.dispatch({ type: 'runs-failed', error: asError(cause) }));
    },
    readFlows: () => {
      store
        .api()
        .listFlows()
        .then((list) => store.dispatch({ type: 'flows', list }))
        .catch((cause: unknown) => store.dispatch({ type: 'flows-failed', error: asError(cause) }));
    },
    readScripts: () => {
      store
        .api()
        .listScripts()
        .then((list) => store.dispatch({ type: 'scripts', list }))
        .catch((cause: unknown) => store.dispatch({ type: 'scripts-failed', error: asError(cause) }));
    },
    start: (body) => void start(body),
  };
};
