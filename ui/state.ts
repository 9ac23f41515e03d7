import type { Action } from './state/actions.ts';
import { type Approvals, initialApprovals, updateApprovals } from './state/approvals.ts';
import { type Conversation, updateConversation } from './state/conversation.ts';
import { type Flows, initialFlows, updateFlows } from './state/flows.ts';
import { type Outbox, type OutboxItem, updateOutbox } from './state/outbox.ts';
import { type OpenRun, updateRun } from './state/run.ts';
import { initialRuns, type Runs, updateRuns } from './state/runs.ts';
import { initialScripts, type Scripts, updateScripts } from './state/scripts.ts';
import { initialSessions, type Sessions, updateSessions } from './state/sessions.ts';
import { initialShell, type Shell, type ThemeChoice, updateShell } from './state/shell.ts';
import { initialSubagents, type Subagents, updateSubagents } from './state/subagents.ts';

export type AppState = {
  shell: Shell;
  sessions: Sessions;
  runs: Runs;
  flows: Flows;
  scripts: Scripts;
  conversation: Conversation | null;
  run: OpenRun | null;
  outbox: Outbox;
  approvals: Approvals;
  subagents: Subagents;
  /** What is being typed, by session; the empty id is the start screen. */
  drafts: Record<string, string>;
};

export type Remembered = {
  token: string | null;
  theme: ThemeChoice;
  drafts: Record<string, string>;
  outbox: OutboxItem[];
};

export const initialState = ({ token, theme, drafts, outbox }: Remembered): AppState => ({
  shell: initialShell(token, theme),
  sessions: initialSessions,
  runs: initialRuns,
  flows: initialFlows,
  scripts: initialScripts,
  conversation: null,
  run: null,
  outbox: { items: outbox, arrived: [] },
  approvals: initialApprovals,
  subagents: initialSubagents,
  drafts,
});

const updateDrafts = (drafts: Record<string, string>, action: Action): Record<string, string> => {
  if (action.type !== 'draft') return drafts;
  const others = Object.entries(drafts).filter(([id]) => id !== action.sessionId);
  return Object.fromEntries(action.text === '' ? others : [...others, [action.sessionId, action.text]]);
};

/** The one place that changes the console's state. Pure. */
export const update = (state: AppState, action: Action): AppState => ({
  shell: updateShell(state.shell, action),
  sessions: updateSessions(state.sessions, action),
  runs: updateRuns(state.runs, action),
  flows: updateFlows(state.flows, action),
  scripts: updateScripts(state.scripts, action),
  run: updateRun(state.run, action),
  conversation: updateConversation(state.conversation, action),
  outbox: updateOutbox(state.outbox, action),
  approvals: updateApprovals(state.approvals, action),
  subagents: updateSubagents(state.subagents, action),
  drafts: updateDrafts(state.drafts, action),
});
