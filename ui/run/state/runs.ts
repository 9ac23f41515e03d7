import type { EverturnError } from '../../../contracts/errors.ts';
import type { Run, RunPage, RunStatus } from '../../../contracts/runs.ts';
import type { Action } from '../../shell/state/actions.ts';

/** The rail's other list, newest first. */
export type Runs = {
  status: 'loading' | 'ready' | 'failed';
  filter: RunStatus | null;
  items: Run[];
  nextCursor: string | null;
  loadingMore: boolean;
  error: EverturnError | null;
};

export const initialRuns: Runs = {
  status: 'loading',
  filter: null,
  items: [],
  nextCursor: null,
  loadingMore: false,
  error: null,
};

const mergeFirst = (runs: Runs, { runs: fresh, nextCursor }: RunPage): Runs => {
  const last = fresh.at(-1);
  const known = new Set(fresh.map(({ id }) => id));
  const below =
    last === undefined || nextCursor === null
      ? []
      : runs.items.filter(({ id, createdAt }) => !known.has(id) && createdAt < last.createdAt);
  return {
    ...runs,
    status: 'ready',
    error: null,
    items: [...fresh, ...below],
    nextCursor: below.length > 0 ? runs.nextCursor : nextCursor,
  };
};

const put = (runs: Runs, run: Run): Runs => {
  const others = runs.items.filter(({ id }) => id !== run.id);
  return { ...runs, items: [run, ...others].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)) };
};

export const updateRuns = (runs: Runs, action: Action): Runs => {
  switch (action.type) {
    case 'runs-filter':
      return { ...initialRuns, filter: action.filter };
    case 'runs-loading-more':
      return { ...runs, loadingMore: true };
    case 'runs-first':
      return action.filter === runs.filter ? mergeFirst(runs, action.page) : runs;
    case 'runs-more': {
      if (action.filter !== runs.filter) return runs;
      const known = new Set(runs.items.map(({ id }) => id));
      const items = [...runs.items, ...action.page.runs.filter(({ id }) => !known.has(id))];
      return { ...runs, loadingMore: false, items, nextCursor: action.page.nextCursor };
    }
    case 'runs-failed': {
      const status = runs.items.length > 0 ? 'ready' : 'failed';
      return { ...runs, status, loadingMore: false, error: action.error };
    }
    case 'run-started':
      return runs.filter === null || runs.filter === action.run.status ? put(runs, action.run) : runs;
    default:
      return runs;
  }
};
