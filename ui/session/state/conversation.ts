import type { Session, Span } from '../../../contracts/api.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { StreamEvent } from '../../../contracts/events.ts';
import { prependPage, type SessionView } from '../../../contracts/view.ts';
import type { Connection } from '../../shell/model/connection.ts';
import type { Action } from '../../shell/state/actions.ts';
import { type Beside, besideFor } from '../model/beside.ts';
import type { SessionPlace } from '../model/place.ts';
import { follow, type Superseded } from '../model/superseded.ts';
import { isBesideAction, updateBeside, withStale } from './beside.ts';

/** The session that is open. `session` and `view` are null until its first snapshot. */
export type Conversation = {
  sessionId: string;
  session: Session | null;
  view: SessionView | null;
  /** Attempts that were seen being replaced, the oldest first. */
  superseded: readonly Superseded[];
  connection: Connection;
  older: { status: 'idle' | 'loading' | 'failed'; error: EverturnError | null };
  /** Spans of settled turns by number; null while they are fetched. */
  traces: Record<number, Span[] | null>;
  /** Spans of all turns, read for the panel that shows them; null before. */
  allSpans: Span[] | null;
  /** There are spans after these. */
  moreSpans: boolean;
  /** The turn that is being cancelled. */
  cancelling: number | null;
  /** What the address asks to show. */
  target: SessionPlace | null;
  beside: Beside;
};

const opened = (sessionId: string, place: SessionPlace | null): Conversation => ({
  sessionId,
  session: null,
  view: null,
  superseded: [],
  connection: { state: 'connecting' },
  older: { status: 'idle', error: null },
  traces: {},
  allSpans: null,
  moreSpans: false,
  cancelling: null,
  target: place,
  beside: besideFor(place),
});

export const oldestSeq = (view: SessionView): number | null =>
  view.chunks.reduce<number | null>((oldest, { seq }) => (oldest === null || seq < oldest ? seq : oldest), null);

export const hasOlder = (view: SessionView): boolean => view.chunks.length < view.total;

export const runningTurn = (view: SessionView): number | null => {
  const running = Object.entries(view.turns).find(([, { status }]) => status === 'running');
  return running ? Number(running[0]) : null;
};

/** Pages that were loaded before a new snapshot stay: chunks never change. */
const adopt = (conversation: Conversation, action: Extract<Action, { type: 'snapshot' }>): Conversation => {
  const before = conversation.view;
  const { session, view } = action.snapshot;
  const oldest = oldestSeq(view);
  if (!before || oldest === null) return { ...conversation, session, view };
  // Only what overlaps the new snapshot is known to have no hole before it; else scrolling up loads it again.
  const overlaps = before.chunks.some(({ seq }) => seq >= oldest);
  const older = overlaps ? before.chunks.filter(({ seq }) => seq < oldest) : [];
  return { ...conversation, session, view: prependPage(view, older) };
};

/** What the session goes on with, as the last event about it says. */
const withChanges = (session: Session | null, events: readonly StreamEvent[]): Session | null => {
  const event = events.findLast((streamed) => streamed.event.type === 'session.changed')?.event;
  if (!session || event?.type !== 'session.changed') return session;
  const { agent, model, allow, archivedAt } = event;
  return { ...session, agent, model, allow, archivedAt };
};

const update = (conversation: Conversation, action: Action): Conversation => {
  if (isBesideAction(action)) return { ...conversation, beside: updateBeside(conversation.beside, action) };
  switch (action.type) {
    case 'snapshot':
      return adopt(conversation, action);
    case 'events': {
      let { view, superseded } = conversation;
      if (!view) return conversation;
      for (const streamed of action.events) {
        const followed = follow(view, streamed);
        view = followed.view;
        if (followed.superseded.length > 0) superseded = [...superseded, ...followed.superseded];
      }
      const { cancelling } = conversation;
      const over = cancelling !== null && view.turns[cancelling]?.status !== 'running';
      return {
        ...conversation,
        session: withChanges(conversation.session, action.events),
        view,
        superseded,
        cancelling: over ? null : cancelling,
        beside: withStale(conversation.beside, action.events),
      };
    }
    case 'connection':
      return { ...conversation, connection: action.connection };
    case 'older-loading':
      return { ...conversation, older: { status: 'loading', error: null } };
    case 'older': {
      if (!conversation.view) return conversation;
      const view = prependPage(conversation.view, action.page.chunks);
      return { ...conversation, view, older: { status: 'idle', error: null } };
    }
    case 'older-failed':
      return { ...conversation, older: { status: 'failed', error: action.error } };
    case 'trace':
      return { ...conversation, traces: { ...conversation.traces, [action.turn]: action.spans } };
    case 'session-trace':
      return { ...conversation, allSpans: action.spans, moreSpans: action.more };
    case 'cancelling':
      return { ...conversation, cancelling: action.turn };
    default:
      return conversation;
  }
};

export const updateConversation = (conversation: Conversation | null, action: Action): Conversation | null => {
  if (action.type === 'place') {
    const { address } = action;
    if (address.page !== 'session') return null;
    const { id, place } = address;
    if (id !== conversation?.sessionId) return opened(id, place);
    const { selected, tab, isOpen } =
      place && place.kind !== 'turn' ? besideFor(place) : { ...conversation.beside, selected: place };
    return { ...conversation, target: place, beside: { ...conversation.beside, selected, tab, isOpen } };
  }
  if (!conversation) return null;
  if (action.type === 'session-deleted') return action.id === conversation.sessionId ? null : conversation;
  if (action.type === 'sessions-first') {
    const session = action.page.sessions.find(({ id }) => id === conversation.sessionId);
    return session ? { ...conversation, session } : conversation;
  }
  if (action.type === 'session-changed') {
    return action.session.id === conversation.sessionId ? { ...conversation, session: action.session } : conversation;
  }
  if ('sessionId' in action)
    return action.sessionId === conversation.sessionId ? update(conversation, action) : conversation;
  return conversation;
};
