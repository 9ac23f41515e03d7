import { declare } from '../contracts/declared.ts';
import type { RunDetail } from '../contracts/run-detail.ts';
import type { RunView } from '../contracts/runs.ts';
import type { Store } from '../store/store.ts';
import { findRun, storedRun } from './runs.ts';

type Declared = Pick<RunView, 'steps' | 'batches'>;

/** Definitions kept in memory: a run's never changes, and 5,000 steps take long to parse. */
const capacity = 50;

export const createRunViews = (store: Store) => {
  const known = new Map<string, Declared>();

  const declaredOf = async (id: string): Promise<Declared> => {
    const declared = known.get(id) ?? declare((await storedRun(store, id)).definition.flow);
    known.delete(id);
    known.set(id, declared);
    for (const oldest of known.keys()) {
      if (known.size <= capacity) break;
      known.delete(oldest);
    }
    return declared;
  };

  return {
    declaredOf,
    /** Throws `run_not_found`. */
    async read(id: string): Promise<RunDetail> {
      const state = await store.runView.state(id);
      // After the state: what is newer than its position comes again as an event, and nothing is missed.
      const [run, declared, artifacts, brief] = await Promise.all([
        findRun(store, id),
        declaredOf(id),
        store.artifacts.list(id),
        store.runs.brief(id),
      ]);
      return { run, ...declared, ...state, artifacts, ...brief };
    },
  };
};

export type RunViews = ReturnType<typeof createRunViews>;
