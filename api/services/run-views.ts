import { LRUCache } from 'lru-cache';
import { declare } from '../../contracts/declared.ts';
import type { RunDetail } from '../../contracts/run-detail.ts';
import type { RunView } from '../../contracts/runs.ts';
import type { ScriptMeta } from '../../contracts/script.ts';
import type { StoredRun } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { findRun, storedRun } from './runs.ts';

type Declared = Pick<RunView, 'steps' | 'batches'> & { meta: ScriptMeta | null };

const declaredBy = (run: StoredRun): Declared =>
  run.kind === 'flow'
    ? { ...declare(run.definition.flow), meta: null }
    : { steps: [], batches: [], meta: run.definition.script.meta };

/** Definitions kept in memory: a run's never changes, and 5,000 steps take long to parse. */
const capacity = 50;

export const createRunViews = (store: Store) => {
  const known = new LRUCache<string, Declared>({ max: capacity });

  const declaredOf = async (id: string): Promise<Declared> => {
    const declared = known.get(id) ?? declaredBy(await storedRun(store, id));
    known.set(id, declared);
    return declared;
  };

  return {
    declaredOf,
    /** Throws `run_not_found`. */
    async read(id: string): Promise<RunDetail> {
      const state = await store.runView.state(id);
      // After the state: what is newer than its position comes again as an event, and nothing is missed.
      const run = await findRun(store, id);
      // After the run: a run that has completed shows its output.
      const [{ meta, ...declared }, artifacts, brief] = await Promise.all([
        declaredOf(id),
        store.artifacts.list(id),
        store.runs.brief(id),
      ]);
      const script = meta && { meta, lines: state.lines };
      return { run, ...declared, ...state, artifacts, ...brief, script };
    },
  };
};

export type RunViews = ReturnType<typeof createRunViews>;
