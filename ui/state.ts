import { type Approvals, initialApprovals, updateApprovals } from './inbox/state/approvals.ts';
import type { View } from './list/model/views.ts';
import { initialTables, type Tables, updateTables } from './list/state/tables.ts';
import { type OpenWorkflow, updateWorkflow } from './machine/state/workflow.ts';
import type { Parts } from './operate/model/parts.ts';
import { updateParts } from './operate/state/parts.ts';
import { type OpenRun, updateRun } from './run/state/run.ts';
import { initialRuns, type Runs, updateRuns } from './run/state/runs.ts';
import type { OutboxItem } from './session/model/outbox-item.ts';
import { type Attaching, updateAttaching } from './session/state/attaching.ts';
import { type Conversation, updateConversation } from './session/state/conversation.ts';
import { type Outbox, updateOutbox } from './session/state/outbox.ts';
import { initialSessions, type Sessions, updateSessions } from './session/state/sessions.ts';
import { initialSubagents, type Subagents, updateSubagents } from './session/state/subagents.ts';
import { nothingSaid, type Said } from './shell/model/said.ts';
import type { Density, ThemeChoice } from './shell/model/shell.ts';
import type { Action } from './shell/state/actions.ts';
import { initialShell, type Shell, updateShell } from './shell/state/shell.ts';
import { type Flows, initialFlows, updateFlows } from './start/state/flows.ts';
import { initialScripts, type Scripts, updateScripts } from './start/state/scripts.ts';

export type AppState = {
  shell: Shell;
  sessions: Sessions;
  runs: Runs;
  flows: Flows;
  scripts: Scripts;
  conversation: Conversation | null;
  run: OpenRun | null;
  workflow: OpenWorkflow | null;
  outbox: Outbox;
  attaching: Attaching;
  approvals: Approvals;
  subagents: Subagents;
  /** The lists that fill a page. */
  tables: Tables;
  /** Filters that this browser keeps under a name. */
  views: View[];
  /** What the operator's pages show. */
  parts: Parts;
  /** What the palette has found in conversations. */
  said: Said;
  /** What is being typed, by session; the empty id is the start screen. */
  drafts: Record<string, string>;
};

export type Remembered = {
  token: string | null;
  theme: ThemeChoice;
  density: Density;
  drafts: Record<string, string>;
  outbox: OutboxItem[];
  attaching: Attaching;
  views: View[];
};

export const initialState = ({ token, theme, density, drafts, outbox, attaching, views }: Remembered): AppState => ({
  shell: initialShell(token, theme, density),
  sessions: initialSessions,
  runs: initialRuns,
  flows: initialFlows,
  scripts: initialScripts,
  conversation: null,
  run: null,
  workflow: null,
  outbox: { items: outbox, arrived: [] },
  attaching,
  approvals: initialApprovals,
  subagents: initialSubagents,
  tables: initialTables,
  views,
  parts: {},
  said: nothingSaid,
  drafts,
});

const updateDrafts = (drafts: Record<string, string>, action: Action): Record<string, string> => {
  if (action.type !== 'draft') return drafts;
  const others = Object.entries(drafts).filter(([id]) => id !== action.sessionId);
  return Object.fromEntries(action.text === '' ? others : [...others, [action.sessionId, action.text]]);
};

const updateSaid = (said: Said, action: Action): Said => {
  if (action.type === 'said') return action.said;
  return action.type === 'panel' ? nothingSaid : said;
};

/** The one place that changes the console's state. Pure. */
export const update = (state: AppState, action: Action): AppState => ({
  shell: updateShell(state.shell, action),
  sessions: updateSessions(state.sessions, action),
  runs: updateRuns(state.runs, action),
  flows: updateFlows(state.flows, action),
  scripts: updateScripts(state.scripts, action),
  run: updateRun(state.run, action),
  workflow: updateWorkflow(state.workflow, action),
  conversation: updateConversation(state.conversation, action),
  outbox: updateOutbox(state.outbox, action),
  attaching: updateAttaching(state.attaching, action),
  approvals: updateApprovals(state.approvals, action),
  subagents: updateSubagents(state.subagents, action),
  tables: updateTables(state.tables, action),
  views: action.type === 'views' ? action.views : state.views,
  parts: updateParts(state.parts, action),
  said: updateSaid(state.said, action),
  drafts: updateDrafts(state.drafts, action),
});
