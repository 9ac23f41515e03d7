import { watchLists } from '../../client/tail.ts';
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
  /** Reads sessions and approvals again, soon. */
  refresh(): void;
};

/** Keeps the rail, the inbox and the health up to date while a token is there. */
export const createLists = (store: Store): Lists => {
  let stopping = new AbortController();
  let gather: ReturnType<typeof setTimeout> | undefined;
  let health: ReturnType<typeof setInterval> | undefined;

  const readHealth = async (signal: AbortSignal): Promise<void> => {
    try {
      store.dispatch({ type: 'health', health: await store.api().health({ signal }) });
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

  const readApprovals = async (signal: AbortSignal): Promise<void> => {
    try {
      const { approvals } = await store.api().listApprovals({ signal });
      store.dispatch({ type: 'approvals', approvals });
    } catch (cause) {
      // The connection's own state tells of an API that is away.
      if (!signal.aborted && asError(cause).code === 'unauthorized') tell(store, cause);
    }
  };

  const reload = (): void => {
    gather = undefined;
    const { signal } = stopping;
    void readSessions(signal);
    void readApprovals(signal);
  };

  const refresh = (): void => {
    gather ??= setTimeout(reload, gatherMs);
  };

  const watch = async (signal: AbortSignal): Promise<void> => {
    try {
      await watchLists(store.api(), {
        signal,
        onChange: (sessionId) => {
          refresh();
          if (sessionId === null) void readHealth(signal);
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
      reload();
      void readHealth(signal);
      health = setInterval(() => void readHealth(signal), healthEveryMs);
      void watch(signal);
    },
    stop,
    refresh,
    search: (q) => {
      store.dispatch({ type: 'search', q });
      clearTimeout(gather);
      reload();
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
  };
};
