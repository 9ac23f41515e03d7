import type { Session, SessionPage } from '../../../contracts/api.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import { nothingFound, type SearchResults } from '../../../contracts/search.ts';
import type { Action } from '../../shell/state/actions.ts';
import type { Conversation } from './conversation.ts';

/** The rail's list, newest first. */
export type Sessions = {
  status: 'loading' | 'ready' | 'failed';
  q: string;
  items: Session[];
  nextCursor: string | null;
  loadingMore: boolean;
  error: EverturnError | null;
  /** Sessions in which `q` was said. */
  found: SearchResults;
};

export const initialSessions: Sessions = {
  status: 'loading',
  q: '',
  items: [],
  nextCursor: null,
  loadingMore: false,
  error: null,
  found: nothingFound,
};

const newestFirst = (a: Session, b: Session): number => b.updatedAt.localeCompare(a.updatedAt);

/**
 * A fresh first page over what is loaded: it decides all down to its last row; rows below keep their place, so a list
 * that was scrolled far stays. A first page that is the whole list decides alone.
 */
const mergeFirst = (sessions: Sessions, { sessions: fresh, nextCursor }: SessionPage): Sessions => {
  const last = fresh.at(-1);
  const known = new Set(fresh.map(({ id }) => id));
  const below =
    last === undefined || nextCursor === null
      ? []
      : sessions.items.filter(({ id, updatedAt }) => !known.has(id) && updatedAt < last.updatedAt);
  return {
    ...sessions,
    status: 'ready',
    error: null,
    items: [...fresh, ...below],
    nextCursor: below.length > 0 ? sessions.nextCursor : nextCursor,
  };
};

const appendPage = (sessions: Sessions, page: SessionPage): Sessions => {
  const known = new Set(sessions.items.map(({ id }) => id));
  return {
    ...sessions,
    loadingMore: false,
    items: [...sessions.items, ...page.sessions.filter(({ id }) => !known.has(id))],
    nextCursor: page.nextCursor,
  };
};

const put = (sessions: Sessions, session: Session): Sessions => ({
  ...sessions,
  items: [session, ...sessions.items.filter(({ id }) => id !== session.id)].toSorted(newestFirst),
});

/**
 * A function that gives the list with what the open session has used by now: its events come before the list is read
 * again. The same list comes back while neither has changed.
 */
export const createLiveUsage = () => {
  let last: { from: Sessions; live: unknown; id: string; list: Sessions } | undefined;
  return (sessions: Sessions, open: Pick<Conversation, 'sessionId' | 'view'> | null): Sessions => {
    const live = open?.view?.usage;
    const item = sessions.items.find(({ id }) => id === open?.sessionId);
    if (!live || !item || live.requests <= (item.usage?.requests ?? 0)) return sessions;
    if (last?.from !== sessions || last.live !== live || last.id !== item.id) {
      const items = sessions.items.map((other) => (other === item ? { ...item, usage: live } : other));
      last = { from: sessions, live, id: item.id, list: { ...sessions, items } };
    }
    return last.list;
  };
};

export const updateSessions = (sessions: Sessions, action: Action): Sessions => {
  switch (action.type) {
    case 'search':
      return {
        ...sessions,
        q: action.q,
        status: 'loading',
        items: [],
        nextCursor: null,
        loadingMore: false,
        found: nothingFound,
      };
    case 'sessions-loading':
      return action.more ? { ...sessions, loadingMore: true } : { ...sessions, error: null };
    case 'sessions-first':
      return action.q === sessions.q ? mergeFirst(sessions, action.page) : sessions;
    case 'sessions-found':
      return action.q === sessions.q ? { ...sessions, found: action.found } : sessions;
    case 'sessions-more':
      return action.q === sessions.q ? appendPage(sessions, action.page) : sessions;
    case 'sessions-failed':
      return {
        ...sessions,
        status: sessions.items.length > 0 ? 'ready' : 'failed',
        loadingMore: false,
        error: action.error,
      };
    case 'created':
      return sessions.q === '' ? put(sessions, action.session) : sessions;
    case 'session-changed':
      return {
        ...sessions,
        items: sessions.items.flatMap((item) => {
          if (item.id !== action.session.id) return [item];
          return action.session.archivedAt === null ? [action.session] : [];
        }),
      };
    case 'session-deleted':
      return { ...sessions, items: sessions.items.filter(({ id }) => id !== action.id) };
    default:
      return sessions;
  }
};
