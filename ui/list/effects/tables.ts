import type { ApiClient } from '../../../client/api.ts';
import { nothingFound } from '../../../contracts/search.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import { leastSearched, type Said } from '../../shell/model/said.ts';
import { type ListName, readFilters } from '../model/filters.ts';

type SessionsAsked = NonNullable<Parameters<ApiClient['listSessions']>[0]>;
type RunsAsked = NonNullable<Parameters<ApiClient['listRuns']>[0]>;

const pageSize = 100;

export type TableEffects = {
  /** Reads the first page for these filters. */
  open(list: ListName, search: string): void;
  /** Reads what is shown again. */
  refresh(what: { sessions: boolean; runs: boolean }): void;
  more(list: ListName): void;
  retry(list: ListName): void;
  /** What was said, for the palette. */
  searchText(q: string): void;
};

/** The lists that fill a page. */
export const createTables = (store: Store): TableEffects => {
  let asked = '';
  let reading: Partial<Record<ListName, AbortController>> = {};

  const failed = (list: ListName, search: string, cause: unknown): void => {
    const error = asError(cause);
    store.dispatch({ type: 'table-failed', list, search, error });
    if (error.code === 'unauthorized') reportFailure(store, error);
  };

  const readPage = async (list: ListName, search: string, cursor: string | undefined, signal?: AbortSignal) => {
    // Filters are checked against the values that the API takes.
    const { filters } = readFilters(list, search);
    const query = { ...filters, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
    const more = cursor !== undefined;
    const options = signal ? { signal } : {};
    if (list === 'sessions') {
      const page = await store.api().listSessions(query as SessionsAsked, options);
      store.dispatch({ type: 'table-sessions', search, more, page });
    } else {
      const page = await store.api().listRuns(query as RunsAsked, options);
      store.dispatch({ type: 'table-runs', search, more, page });
    }
  };

  const readFound = async (search: string, signal: AbortSignal): Promise<void> => {
    const { q } = readFilters('sessions', search).filters;
    if (q === undefined) return;
    const found = await store.api().searchTranscripts({ q, archived: 'true' }, { signal });
    store.dispatch({ type: 'table-found', search, found });
  };

  const readFirst = (list: ListName): void => {
    const { search } = store.get().tables[list];
    if (search === null) return;
    reading[list]?.abort();
    const controller = new AbortController();
    reading = { ...reading, [list]: controller };
    const { signal } = controller;
    readPage(list, search, undefined, signal).catch((cause: unknown) => {
      if (!signal.aborted) failed(list, search, cause);
    });
    // That what was said cannot be searched is no fault of the list.
    if (list === 'sessions') readFound(search, signal).catch(() => {});
  };

  return {
    open: (list, search) => {
      store.dispatch({ type: 'table-open', list, search });
      readFirst(list);
    },
    refresh: (what) => {
      const { view } = store.get().shell;
      if (view?.page === 'list' && what[view.list]) readFirst(view.list);
    },
    retry: readFirst,
    searchText: (q) => {
      asked = q;
      const show = (found: Said['found']): void => {
        if (asked === q) store.dispatch({ type: 'said', said: { q, found } });
      };
      if (q.length < leastSearched) return show(nothingFound);
      // The palette finds names without it.
      store
        .api()
        .searchTranscripts({ q, archived: 'true' })
        .then(show, () => show(null));
    },
    more: (list) => {
      const { search, nextCursor, loadingMore } = store.get().tables[list];
      if (search === null || nextCursor === null || loadingMore) return;
      store.dispatch({ type: 'table-loading-more', list });
      readPage(list, search, nextCursor).catch((cause: unknown) => failed(list, search, cause));
    },
  };
};
