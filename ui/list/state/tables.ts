import type { SessionRow } from '../../../contracts/api.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { RunRow } from '../../../contracts/runs.ts';
import { nothingFound, type SearchResults } from '../../../contracts/search.ts';
import type { Action } from '../../shell/state/actions.ts';
import type { ListName } from '../model/filters.ts';

/** A list that fills the page, as far as it was scrolled. `search`: the filters that it is of. */
export type Table<Row> = {
  search: string | null;
  status: 'loading' | 'ready' | 'failed';
  rows: Row[];
  nextCursor: string | null;
  loadingMore: boolean;
  error: EverturnError | null;
};

export type Tables = {
  sessions: Table<SessionRow>;
  runs: Table<RunRow>;
  /** Sessions in which the text that is looked for was said. */
  found: SearchResults;
};

const empty = { search: null, status: 'loading', rows: [], nextCursor: null, loadingMore: false, error: null } as const;
export const initialTables: Tables = {
  sessions: { ...empty, rows: [] },
  runs: { ...empty, rows: [] },
  found: nothingFound,
};

type Page<Row> = { rows: Row[]; nextCursor: string | null };
type PlaceOf<Row> = (row: Row) => string;

/** A fresh first page decides all down to its last row; rows below, which were scrolled to, stay. */
const withFirst = <Row extends { id: string }>(
  table: Table<Row>,
  { rows, nextCursor }: Page<Row>,
  placeOf: PlaceOf<Row>,
): Table<Row> => {
  const last = rows.at(-1);
  const fresh = new Set(rows.map(({ id }) => id));
  const below =
    last === undefined || nextCursor === null
      ? []
      : table.rows.filter((row) => !fresh.has(row.id) && placeOf(row) < placeOf(last));
  return {
    ...table,
    status: 'ready',
    error: null,
    rows: [...rows, ...below],
    nextCursor: below.length > 0 ? table.nextCursor : nextCursor,
  };
};

const withMore = <Row extends { id: string }>(table: Table<Row>, { rows, nextCursor }: Page<Row>): Table<Row> => {
  const known = new Set(table.rows.map(({ id }) => id));
  return {
    ...table,
    loadingMore: false,
    error: null,
    rows: [...table.rows, ...rows.filter(({ id }) => !known.has(id))],
    nextCursor,
  };
};

const change = (tables: Tables, list: ListName, fields: Partial<Table<never>>): Tables => ({
  ...tables,
  [list]: { ...tables[list], ...fields },
});

const failed = (tables: Tables, list: ListName, error: EverturnError): Tables =>
  change(tables, list, {
    status: tables[list].rows.length > 0 ? 'ready' : 'failed',
    loadingMore: false,
    error,
  });

export const updateTables = (tables: Tables, action: Action): Tables => {
  switch (action.type) {
    case 'table-open': {
      const { list, search } = action;
      if (tables[list].search === search && tables[list].status !== 'failed') return tables;
      return { ...change(tables, list, { ...empty, rows: [], search }), found: nothingFound };
    }
    case 'table-loading-more':
      return change(tables, action.list, { loadingMore: true });
    case 'table-sessions': {
      const { search, more, page } = action;
      if (search !== tables.sessions.search) return tables;
      const given = { rows: page.sessions, nextCursor: page.nextCursor };
      const sessions = more
        ? withMore(tables.sessions, given)
        : withFirst(tables.sessions, given, ({ updatedAt }) => updatedAt);
      return { ...tables, sessions };
    }
    case 'table-runs': {
      const { search, more, page } = action;
      if (search !== tables.runs.search) return tables;
      const given = { rows: page.runs, nextCursor: page.nextCursor };
      const runs = more ? withMore(tables.runs, given) : withFirst(tables.runs, given, ({ createdAt }) => createdAt);
      return { ...tables, runs };
    }
    case 'table-found':
      return action.search === tables.sessions.search ? { ...tables, found: action.found } : tables;
    case 'table-failed':
      return action.search === tables[action.list].search ? failed(tables, action.list, action.error) : tables;
    case 'session-deleted':
      return {
        ...tables,
        sessions: { ...tables.sessions, rows: tables.sessions.rows.filter(({ id }) => id !== action.id) },
      };
    default:
      return tables;
  }
};
