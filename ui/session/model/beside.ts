import type { BackgroundCommand } from '../../../contracts/command-result.ts';
import type { ChangeMode, FileChange } from '../../../contracts/file-changes.ts';
import type { SentRequest } from '../../../contracts/sent-request.ts';
import type { TurnSummary, TurnSummaryPage } from '../../../contracts/turn-summary.ts';
import { type SessionPlace, writePlace } from './place.ts';

export const sideTabs = ['selected', 'turns', 'changes', 'tasks'] as const;
export type SideTab = (typeof sideTabs)[number];

export type TurnList = {
  /** The newest first. */
  turns: readonly TurnSummary[];
  nextCursor: string | null;
  totals: TurnSummaryPage['totals'];
};

/** `busy`: what is being decided; ids of changes, or `undo`. */
export type ChangeList = {
  mode: ChangeMode;
  changes: readonly FileChange[];
  busy: readonly string[];
  failure: string | null;
};

export type RequestState =
  | { status: 'loading' }
  | { status: 'ready'; request: SentRequest }
  | { status: 'failed'; message: string };

/** What is shown beside the conversation. What is null was not read yet. */
export type Beside = {
  tab: SideTab;
  /** Whether it lies over the conversation, where there is no room beside it. */
  isOpen: boolean;
  selected: SessionPlace | null;
  turns: TurnList | null;
  changes: ChangeList | null;
  commands: readonly BackgroundCommand[] | null;
  /** What events have changed since it was read. */
  stale: { turns: boolean; changes: boolean };
  /** By {@link requestKey}. */
  requests: Record<string, RequestState>;
};

export type RequestOf = { turn: number; step: number; attempt: number | null };
export const requestKey = ({ turn, step, attempt }: RequestOf): string => `${turn}/${step}/${attempt ?? 'answered'}`;

export type BesideAction = { sessionId: string } & (
  | { type: 'side'; tab: SideTab }
  | { type: 'side-open'; open: boolean }
  | { type: 'selected'; place: SessionPlace | null }
  | { type: 'turns-first'; page: TurnSummaryPage }
  | { type: 'turns-more'; page: TurnSummaryPage }
  | { type: 'sent-request'; of: RequestOf; state: RequestState }
  | { type: 'changes'; mode: ChangeMode; changes: FileChange[] }
  | { type: 'changes-busy'; busy: readonly string[] }
  | { type: 'changes-failed'; message: string }
  | { type: 'commands'; commands: BackgroundCommand[] }
);

/** A place is shown over the conversation where there is no room beside it; a turn is not: the link leads to it. */
export const besideFor = (place: SessionPlace | null): Beside => ({
  tab: place === null || place.kind === 'turn' ? 'turns' : 'selected',
  isOpen: place !== null && place.kind !== 'turn',
  selected: place,
  turns: null,
  changes: null,
  commands: null,
  stale: { turns: false, changes: false },
  requests: {},
});

export const isSelected = (selected: SessionPlace | null, place: SessionPlace): boolean =>
  selected !== null && writePlace(selected) === writePlace(place);
