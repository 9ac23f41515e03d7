import type { StreamEvent } from '../../../contracts/events.ts';
import type { TurnSummaryPage } from '../../../contracts/turn-summary.ts';
import { type Beside, type BesideAction, requestKey, type TurnList } from '../model/beside.ts';

/** A fresh first page over what is loaded: turns of older pages do not change. */
const mergeTurns = (before: TurnList | null, { turns, nextCursor, totals }: TurnSummaryPage): TurnList => {
  const last = turns.at(-1)?.turn ?? 0;
  const older = before?.turns.filter(({ turn }) => turn < last) ?? [];
  const isJoined = older[0]?.turn === last - 1;
  return isJoined
    ? { turns: [...turns, ...older], nextCursor: before?.nextCursor ?? null, totals }
    : { turns, nextCursor, totals };
};

export const updateBeside = (beside: Beside, action: BesideAction): Beside => {
  switch (action.type) {
    case 'side':
      return { ...beside, tab: action.tab, isOpen: true };
    case 'side-open':
      return { ...beside, isOpen: action.open };
    case 'selected': {
      const { place } = action;
      if (place === null)
        return { ...beside, selected: null, isOpen: false, tab: beside.tab === 'selected' ? 'turns' : beside.tab };
      return { ...beside, selected: place, tab: 'selected', isOpen: true };
    }
    case 'turns-first':
      return {
        ...beside,
        turns: mergeTurns(beside.turns, action.page),
        stale: { ...beside.stale, turns: false },
      };
    case 'turns-more': {
      const { turns, nextCursor, totals } = action.page;
      const known = new Set(beside.turns?.turns.map(({ turn }) => turn));
      return {
        ...beside,
        turns: {
          turns: [...(beside.turns?.turns ?? []), ...turns.filter(({ turn }) => !known.has(turn))],
          nextCursor,
          totals,
        },
      };
    }
    case 'sent-request':
      return { ...beside, requests: { ...beside.requests, [requestKey(action.of)]: action.state } };
    case 'changes':
      return {
        ...beside,
        changes: { mode: action.mode, changes: action.changes, busy: [], failure: null },
        stale: { ...beside.stale, changes: false },
      };
    case 'changes-busy':
      return beside.changes ? { ...beside, changes: { ...beside.changes, busy: action.busy, failure: null } } : beside;
    case 'changes-failed':
      return beside.changes ? { ...beside, changes: { ...beside.changes, busy: [], failure: action.message } } : beside;
    case 'commands':
      return { ...beside, commands: action.commands };
  }
};

const besideActions: ReadonlySet<string> = new Set<BesideAction['type']>([
  'side',
  'side-open',
  'selected',
  'turns-first',
  'turns-more',
  'sent-request',
  'changes',
  'changes-busy',
  'changes-failed',
  'commands',
]);

export const isBesideAction = <Other extends { type: string }>(action: Other | BesideAction): action is BesideAction =>
  besideActions.has(action.type);

const movesTurns: ReadonlySet<string> = new Set(['turn.started', 'step.sealed', 'turn.settled']);

/** With what these events have made old. */
export const withStale = (beside: Beside, events: readonly StreamEvent[]): Beside => {
  const turns = events.some(({ event }) => movesTurns.has(event.type));
  const changes = events.some(({ event }) => event.type === 'change.changed');
  if (!turns && !changes) return beside;
  const { stale } = beside;
  return { ...beside, stale: { turns: stale.turns || turns, changes: stale.changes || changes } };
};
