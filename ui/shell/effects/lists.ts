import { watchLists } from '../../../client/tail.ts';
import { asError, type Store, tell } from './store.ts';

const pageSize = 50;
/** Wake-ups within this time become one reload. */
const gatherMs = 250;
const healthEveryMs = 15_000;

export type Lists = {
  start(): void;
  stop(): void;
  search(q: string): void;
  more(): void;
  readRuns(): void;
};

type Stale = { sessions: boolean; runs: boolean };

/** Keeps the rail, the inbox and the health up to date while a token is there. */
export const createLists = (store: Store, readSubagents: (signal: AbortSignal) => Promise<void>): Lists => {
  let stopping = new AbortController();
  let gather: ReturnType<typeof setTimeout> | undefined;
  let health: ReturnType<typeof setInterval> | undefined;
  let stale: Stale = { sessions: false, runs: false };

  const readHealth = async (signal: AbortSignal): Promise<void> => {
    try {
      store.dispatch({ type: 'health', health: await store.api().health({ signal }) });
      store.dispatch({ type: 'trust', trust: await store.api().getTrust({ signal }) });
    } catch (cause) {
      if (!signal.aborted) store.dispatch({ type: 'health-failed', error: asError(cause) });
    }
  };

  const readSessions = async (signal: AbortSignal): Promise<void> => {
    const { q } = store.get().sessions;
    try {
      store.dispatch({
        type: 'sessions-first',
        q,
        page: await store.api().listSessions({ q, limit: pageSize }, { signal }),
      });
    } catch (cause) {
      if (signal.aborted) return;
      const error = asError(cause);
      store.dispatch({ type: 'sessions-failed', error });
      if (error.code === 'unauthorized') tell(store, error);
    }
  };

  /** What was said is looked for beside the titles. That it cannot be is no fault of the list. */
  const readFound = async (signal: AbortSignal): Promise<void> => {
    const { q } = store.get().sessions;
    if (q === '') return;
    try {
      const { results } = await store.api().searchTranscripts({ q, archived: 'true' }, { signal });
      store.dispatch({ type: 'sessions-found', q, results });
    } catch (cause) {
      if (!signal.aborted && asError(cause).code === 'unauthorized') tell(store, cause);
    }
  };

  const readRuns = async (signal: AbortSignal): Promise<void> => {
    const { filter } = store.get().runs;
    try {
      const page = await store.api().listRuns({ limit: pageSize, status: filter ?? undefined }, { signal });
      store.dispatch({ type: 'runs-first', filter, page });
    } catch (cause) {
      if (!signal.aborted) store.dispatch({ type: 'runs-failed', error: asError(cause) });
    }
  };

  const readApprovals = async (signal: AbortSignal): Promise<void> => {
    try {
      const { approvals, questions } = await store.api().listApprovals({ signal });
      store.dispatch({ type: 'approvals', approvals, questions });
    } catch (cause) {
      // The connection's own state tells of an API that is away.
      if (!signal.aborted && asError(cause).code === 'unauthorized') tell(store, cause);
    }
  };

  const reload = (): void => {
    gather = undefined;
    const { signal } = stopping;
    const { sessions, runs } = stale;
    stale = { sessions: false, runs: false };
    if (sessions) void readSessions(signal);
    if (sessions) void readSubagents(signal);
    if (runs) void readRuns(signal);
    void readApprovals(signal);
  };

  const refresh = (what: Partial<Stale>): void => {
    stale = { ...stale, ...what };
    gather ??= setTimeout(reload, gatherMs);
  };

  const watch = async (signal: AbortSignal): Promise<void> => {
    try {
      await watchLists(store.api(), {
        signal,
        onChange: (sessionId, runId) => {
          const isAnything = sessionId === null && runId === null;
          if (isAnything) void readHealth(signal);
          refresh({
            ...(isAnything || sessionId !== null ? { sessions: true } : {}),
            ...(isAnything || runId !== null ? { runs: true } : {}),
          });
        },
        onState: (state, { error }) => {
          if (state === 'retrying' && error) store.dispatch({ type: 'health-failed', error });
        },
      });
    } catch (cause) {
      if (!signal.aborted) tell(store, cause);
    }
  };

  const stop = (): void => {
    stopping.abort();
    clearTimeout(gather);
    clearInterval(health);
    gather = undefined;
  };

  return {
    start: () => {
      stop();
      stopping = new AbortController();
      const { signal } = stopping;
      stale = { sessions: true, runs: true };
      reload();
      void readHealth(signal);
      health = setInterval(() => void readHealth(signal), healthEveryMs);
      void watch(signal);
    },
    stop,
    search: (q) => {
      store.dispatch({ type: 'search', q });
      void readSessions(stopping.signal);
      void readFound(stopping.signal);
    },
    more: () => {
      const { q, nextCursor, loadingMore } = store.get().sessions;
      if (nextCursor === null || loadingMore) return;
      store.dispatch({ type: 'sessions-loading', more: true });
      store
        .api()
        .listSessions({ q, cursor: nextCursor, limit: pageSize })
        .then((page) => store.dispatch({ type: 'sessions-more', q, page }))
        .catch((cause: unknown) => store.dispatch({ type: 'sessions-failed', error: asError(cause) }));
    },
    readRuns: () => void readRuns(stopping.signal),
  };
};
