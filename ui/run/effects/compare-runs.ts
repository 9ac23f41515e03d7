import { itemWorkflowId, stepWorkflowId } from '../../../contracts/ids.ts';
import { asError, type Store } from '../../shell/effects/store.ts';
import type { RunTarget } from '../../shell/model/address.ts';
import type { ComparableState, ComparedState } from '../model/open-run.ts';
import type { OpenRun } from '../state/run.ts';

/** Runs that are offered: older ones can be named in the address. */
const offered = 50;

/** Reads the runs that the one on the screen can be compared with, and the one that is chosen. */
export const createCompareRuns = (store: Store) => {
  const withRun = (act: (run: OpenRun) => Promise<void>): void => {
    const { run } = store.get();
    if (run) void act(run);
  };

  return {
    loadComparable: (): void =>
      withRun(async ({ runId, view }) => {
        const say = (comparable: ComparableState): void => store.dispatch({ type: 'comparable', runId, comparable });
        say({ status: 'loading' });
        try {
          const { runs } = await store.api().listRuns({ flow: view?.run.name, limit: offered });
          say({ status: 'ready', runs: runs.filter(({ id }) => id !== runId) });
        } catch (cause) {
          say({ status: 'failed', error: asError(cause) });
        }
      }),

    load: (id: string): void =>
      withRun(async ({ runId }) => {
        const say = (compared: ComparedState): void => store.dispatch({ type: 'compared', runId, compared });
        const common = { id, results: {} };
        say({ ...common, status: 'loading' });
        try {
          const { input, output, ...view } = await store.api().getRun(id);
          say({ ...common, status: 'ready', view, input, output });
        } catch (cause) {
          say({ ...common, status: 'failed', error: asError(cause) });
        }
      }),

    loadResult: ({ step, index }: RunTarget): void =>
      withRun(async ({ runId, compared }) => {
        if (!compared) return;
        const { id: other } = compared;
        const key = index === null ? stepWorkflowId(other, step) : itemWorkflowId(other, step, index);
        if (compared.results[key]?.status === 'loading') return;
        store.dispatch({ type: 'compared-result', runId, other, key, result: { status: 'loading' } });
        try {
          const result = await store.api().getNode(other, step, index);
          store.dispatch({ type: 'compared-result', runId, other, key, result: { status: 'ready', result } });
        } catch (cause) {
          const error = asError(cause);
          store.dispatch({ type: 'compared-result', runId, other, key, result: { status: 'failed', error } });
        }
      }),
  };
};
