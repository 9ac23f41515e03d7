import type { CreateSession, UpdateSession } from '../contracts/api.ts';
import type { Decision } from '../contracts/approvals.ts';
import type { WhenBusy } from '../contracts/events.ts';
import type { DecideChanges, FileChange, StagedChanges, UndoChanges } from '../contracts/file-changes.ts';
import type { ChangeNote, Note } from '../contracts/memory.ts';
import type { Rerun, RunStatus, StartRun } from '../contracts/runs.ts';
import type { RunSurvived } from '../contracts/turn-summary.ts';
import type { ListName } from './list/model/filters.ts';
import type { WorkflowRequest } from './machine/model/open-workflow.ts';
import type { PartName } from './operate/model/parts.ts';
import type { ItemRequest } from './run/model/open-run.ts';
import type { RequestOf, SideTab } from './session/model/beside.ts';
import type { SessionPlace } from './session/model/place.ts';
import type { RunTab, RunTarget, StartTab } from './shell/model/address.ts';
import type { Density, Panel, RailList, ThemeChoice } from './shell/model/shell.ts';

/** Every request an element may make. The app element alone acts on them. */
export type Requests = {
  /** The page is left for the identity provider, which leads back to the start. */
  'sign-in': null;
  'use-token': { token: string };
  'open-session': { id: string | null; turn?: number };
  /** A page by its address. `replace`: without a step back in the history. */
  go: { address: string; replace?: boolean };
  'more-rows': { list: ListName };
  'read-rows': { list: ListName };
  'save-view': { list: ListName; name: string; search: string };
  'remove-view': { list: ListName; name: string };
  'read-part': { part: PartName };
  'change-schedule': { flow: string; verb: 'pause' | 'resume' | 'trigger' };
  /** Has a marked key asked again. */
  'clear-key': { name: string };
  'remove-permission': { id: string };
  'change-note': Pick<Note, 'place' | 'id'> & ChangeNote;
  'remove-note': Pick<Note, 'place' | 'id'>;
  'download-usage': null;
  /** For the palette. */
  'search-text': { q: string };
  'search-sessions': { q: string };
  'more-sessions': null;
  'create-session': CreateSession & { text: string };
  'rename-session': { id: string; title: string };
  'delete-session': { id: string };
  'archive-session': { id: string; archived: boolean };
  /** A new session that begins with the turns of the open one up to this. */
  'fork-session': { turn: number };
  'send-message': { text: string; whenBusy: WhenBusy };
  'edit-draft': { text: string };
  /** To go with the next message of the open session. */
  'attach-files': { files: readonly File[] };
  'remove-attachment': { key: string };
  /** `show` is called with an address of its bytes; null: they are not there. */
  'read-attachment': { id: string; size: 'whole' | 'thumb'; show: (address: string | null) => void };
  /** Sends a message of the outbox again under its first key. */
  'send-again': { key: string };
  'discard-message': { key: string };
  'cancel-turn': null;
  /** `remember`: equal calls are not asked for again, in the session or in its folder. `answer`: to a question of an agent. */
  'answer-approval': {
    id: string;
    decision: Decision;
    note: string;
    remember?: 'session' | 'here';
    answer?: string | readonly string[];
  };
  /** Calls that were chosen together. */
  /** `show` is given the changes, with their differences. */
  'load-staged': { sessionId: string; show: (changes: FileChange[]) => void };
  'decide-staged': { staged: StagedChanges; decision: DecideChanges['decision'] };
  'answer-several': { ids: readonly string[]; decision: Decision };
  'answer-question': { id: string; decision: Decision; note: string; fields: Record<string, unknown> };
  /** Those of the open session, or all. */
  'show-subagents': { ofSession: boolean };
  'cancel-subagent': { id: string };
  /** Asks the browser for its leave to show notifications. */
  'ask-to-notify': null;
  'load-older': null;
  'load-trace': { turn: number };
  /** Shows it beside the conversation and names it in the address; null: shows nothing there. */
  'select-place': { place: SessionPlace | null };
  'show-side': { tab: SideTab };
  'close-side': null;
  /** `show` is called with the names of everturn.yaml. */
  'load-models': { show: (names: readonly string[]) => void };
  /** What lost workers did not cost a run. */
  'load-survived': { runId: string; show: (survived: RunSurvived) => void };
  'load-turns': { more: boolean };
  'load-request': RequestOf;
  'load-changes': null;
  'decide-changes': DecideChanges;
  'undo-changes': UndoChanges;
  'load-commands': null;
  'stop-command': { id: string };
  /** Of the open session. */
  'change-session': UpdateSession;
  'withdraw-message': { id: string };
  /** Withdraws it and puts its text and attachments where messages are written. */
  'edit-message': { id: string };
  /** A new session that begins with the turns before this one, and its message as the draft. */
  'edit-turn': { turn: number; text: string };
  /** The operations of all turns of the open session. */
  'load-session-trace': { more: boolean };
  'open-run': { id: string; target?: RunTarget | null; tab?: RunTab; other?: string | null };
  'open-workflow': { id: string };
  /** Asks for the open workflow to be ended, or an activity of it to be tried at once. */
  'ask-workflow': WorkflowRequest;
  /** Names the place in the address without a step back in the history. */
  'show-place': { target: RunTarget | null };
  'open-start': { tab: StartTab; name?: string | null };
  'show-list': { list: RailList };
  'filter-runs': { status: RunStatus | null };
  'more-runs': null;
  'load-flows': null;
  'load-scripts': null;
  'start-run': StartRun;
  'ask-run': { verb: 'cancel' | 'pause' | 'resume' };
  /** Asks how to run again; `from`: nothing of this step and what depends on it is used again. */
  'offer-rerun': { from: string | null };
  rerun: Rerun;
  'load-items': ItemRequest;
  'load-result': RunTarget;
  /** Runs that the open one can be compared with. */
  'load-comparable': null;
  /** The run that the open one is compared with. */
  'load-compared': { other: string };
  /** A result of that run. */
  'load-compared-result': RunTarget;
  'load-report': null;
  /** The file a run was started with, and as it is now. */
  'load-source': null;
  /** The input and output of a run, where they are too long to come with it. */
  'load-ends': null;
  download: { name: string };
  reconnect: null;
  'choose-theme': { theme: ThemeChoice };
  'choose-density': { density: Density };
  'show-panel': { panel: Panel };
  'show-rail': { open: boolean };
  notify: { text: string };
  'dismiss-notice': { id: number };
};

export type RequestName = keyof Requests;
export type RequestHandlers = { [Name in RequestName]: (detail: Requests[Name]) => void };

const eventName = (name: RequestName): string => `ev-${name}`;

export const request = <Name extends RequestName>(from: EventTarget, name: Name, detail: Requests[Name]): void => {
  from.dispatchEvent(new CustomEvent(eventName(name), { bubbles: true, composed: true, detail }));
};

/** Calls the handler of each request that reaches `host`. */
export const handleRequests = (host: EventTarget, handlers: RequestHandlers): void => {
  for (const [name, handler] of Object.entries(handlers) as [RequestName, (detail: never) => void][]) {
    host.addEventListener(eventName(name), (event) => {
      if (event instanceof CustomEvent) handler(event.detail as never);
    });
  }
};
