import { parseJsonAs } from '../../../client/contract.ts';
import { ListChange } from '../../../contracts/changes.ts';
import { asError, reportFailure, type Store } from './store.ts';
import type { Live } from './streams/live.ts';

const pageSize = 50;
/** Wake-ups within this time become one reload. A hidden tab gathers for longer. */
const gatherMs = { seen: 250, hidden: 5_000 };
/** While changes keep coming, lists are not read more often than this. */
const restMs = 1_000;
const healthEveryMs = 15_000;
const anything: ListChange = { sessionId: null, runId: null };

export type Lists = {
  start(): void;
  stop(): void;
  search(q: string): void;
  more(): void;
  readRuns(): void;
};

type Stale = { sessions: boolean; runs: boolean };

/** Keeps the rail, the inbox and the health up to date while a token is there. */
export const createLists = (
  store: Store,
  live: Live,
  readSubagents: (signal: AbortSignal) => Promise<void>,
  refreshTables: (stale: Stale) => void,
): Lists => {
  let stopping = new AbortController();
  let gather: ReturnType<typeof setTimeout> | undefined;
  let health: ReturnType<typeof setInterval> | undefined;
  let stale: Stale = { sessions: false, runs: false };
  let readAt = 0;
  let unwatch = (): void => {};

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
      if (error.code === 'unauthorized') reportFailure(store, error);
    }
  };

  /** What was said is looked for beside the titles. That it cannot be is no fault of the list. */
  const readFound = async (signal: AbortSignal): Promise<void> => {
    const { q } = store.get().sessions;
    if (q === '') return;
    try {
      const found = await store.api().searchTranscripts({ q, archived: 'true' }, { signal });
      store.dispatch({ type: 'sessions-found', q, found });
    } catch (cause) {
      if (!signal.aborted && asError(cause).code === 'unauthorized') reportFailure(store, cause);
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
      const { approvals, questions, staged } = await store.api().listApprovals({ signal });
      store.dispatch({ type: 'approvals', approvals, questions, staged });
    } catch (cause) {
      // The connection's own state tells of an API that is away.
      if (!signal.aborted && asError(cause).code === 'unauthorized') reportFailure(store, cause);
    }
  };

  /** Marks that are seen from every page. Without them the lists are still right. */
  const readCounts = async (signal: AbortSignal): Promise<void> => {
    try {
      store.dispatch({ type: 'counts', counts: await store.api().getCounts({ signal }) });
    } catch {
      // The next change asks again.
    }
  };

  const reload = (): void => {
    gather = undefined;
    readAt = performance.now();
    const { signal } = stopping;
    const { sessions, runs } = stale;
    stale = { sessions: false, runs: false };
    // A browser asks for six things at a time: first what is in sight.
    if (sessions) void readSessions(signal);
    if (runs) void readRuns(signal);
    void readApprovals(signal);
    void readCounts(signal);
    if (sessions) void readSubagents(signal);
    refreshTables({ sessions, runs });
  };

  const refresh = (what: Partial<Stale>): void => {
    stale = { ...stale, ...what };
    const rest = restMs - (performance.now() - readAt);
    gather ??= setTimeout(reload, document.hidden ? gatherMs.hidden : Math.max(gatherMs.seen, rest));
  };

  /** Reads at once what a hidden tab put off. */
  const hurry = (): void => {
    if (document.hidden || gather === undefined) return;
    clearTimeout(gather);
    reload();
  };

  const watch = (): (() => void) =>
    live.watch({
      onChange: (text) => {
        const change = text === null ? anything : parseJsonAs(ListChange, text, 'a change of the lists');
        const isAnything = change.sessionId === null && change.runId === null;
        if (isAnything) void readHealth(stopping.signal);
        refresh({
          ...(isAnything || change.sessionId !== null ? { sessions: true } : {}),
          ...(isAnything || change.runId !== null ? { runs: true } : {}),
        });
      },
      onConnection: (connection) => {
        if (connection.state === 'retrying') store.dispatch({ type: 'health-failed', error: connection.error });
        if (connection.state === 'failed') reportFailure(store, connection.error);
      },
    });

  const stop = (): void => {
    stopping.abort();
    unwatch();
    live.stop();
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
      unwatch = watch();
      live.start(store.get().shell.token || null);
      void readHealth(signal);
      reload();
      health = setInterval(() => {
        if (!document.hidden) void readHealth(signal);
      }, healthEveryMs);
      document.addEventListener('visibilitychange', hurry, { signal });
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
