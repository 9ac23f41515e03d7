import type { ApiClient } from '../../client/api.ts';
import { tailRun } from '../../client/tail.ts';
import { reduceRun } from '../../contracts/run-view.ts';
import type { RunView } from '../../contracts/runs.ts';

/** Somebody who watches a run all the time, as the console does, and never reloads. */
export const watchRun = (api: ApiClient, id: string) => {
  const closing = new AbortController();
  const faults: string[] = [];
  let view: RunView | undefined;
  const following = tailRun(api, id, {
    signal: closing.signal,
    onSnapshot: (snapshot) => {
      view = snapshot;
    },
    onEvent: (event) => {
      if (view) view = reduceRun(view, event);
    },
  }).catch((error: unknown) => {
    faults.push(`the watcher of ${id} gave up: ${String(error)}`);
  });
  return {
    view: () => view,
    faults,
    async close(): Promise<void> {
      closing.abort();
      await following;
    },
  };
};
