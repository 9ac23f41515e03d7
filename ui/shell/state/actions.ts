import type { Health, Session, SessionPage, SessionSnapshot, Span } from '../../../contracts/api.ts';
import type { Approval, Decision } from '../../../contracts/approvals.ts';
import type { ChunkPage } from '../../../contracts/chunks.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { StreamEvent } from '../../../contracts/events.ts';
import type { StagedChanges } from '../../../contracts/file-changes.ts';
import type { FlowList, ScriptList } from '../../../contracts/found.ts';
import type { RunDetail } from '../../../contracts/run-detail.ts';
import type { Question, Run, RunPage, RunStatus, RunStreamEvent } from '../../../contracts/runs.ts';
import type { SearchResults } from '../../../contracts/search.ts';
import type { Subagent } from '../../../contracts/subagents.ts';
import type { TrustState } from '../../../contracts/trust.ts';
import type { WorkCounts } from '../../../contracts/work.ts';
import type { WorkflowFacts, WorkflowMachines } from '../../../contracts/workflows.ts';
import type { ListName } from '../../list/model/filters.ts';
import type { View } from '../../list/model/views.ts';
import type { WorkflowVerb } from '../../machine/model/open-workflow.ts';
import type { PartName, PartValues } from '../../operate/model/parts.ts';
import type {
  ComparableState,
  ComparedState,
  ItemList,
  ReportState,
  ResultState,
  RunVerb,
  SourceState,
} from '../../run/model/open-run.ts';
import type { AttachItem } from '../../session/model/attach-item.ts';
import type { BesideAction } from '../../session/model/beside.ts';
import type { OutboxItem } from '../../session/model/outbox-item.ts';
import type { Address } from '../model/address.ts';
import type { Connection } from '../model/connection.ts';
import type { Said } from '../model/said.ts';
import type { Density, Notice, NotifyPermission, Panel, RailList, ThemeChoice } from '../model/shell.ts';

type PartRead = { [Name in PartName]: { type: 'part-read'; part: Name; value: PartValues[Name] } }[PartName];

/** Everything that can change the state. Those with `sessionId` or `runId` come late at times and count for that one only. */
export type Action =
  | { type: 'token-set'; token: string }
  | { type: 'token-refused'; reason: string }
  | { type: 'login-offered'; address: string }
  | { type: 'health'; health: Health }
  | { type: 'trust'; trust: TrustState }
  | { type: 'counts'; counts: WorkCounts }
  | { type: 'table-open'; list: ListName; search: string }
  | { type: 'table-loading-more'; list: ListName }
  | { type: 'table-sessions'; search: string; more: boolean; page: SessionPage }
  | { type: 'table-runs'; search: string; more: boolean; page: RunPage }
  | { type: 'table-found'; search: string; found: SearchResults }
  | { type: 'table-failed'; list: ListName; search: string; error: EverturnError }
  | { type: 'said'; said: Said }
  | { type: 'views'; views: View[] }
  /** `fresh`: what was read before is of something else. */
  | { type: 'part-loading'; part: PartName; fresh: boolean }
  | PartRead
  | { type: 'part-failed'; part: PartName; error: EverturnError }
  | { type: 'health-failed'; error: EverturnError }
  | { type: 'theme'; theme: ThemeChoice }
  | { type: 'density'; density: Density }
  | { type: 'panel'; panel: Panel }
  | { type: 'rail'; open: boolean }
  | { type: 'rail-list'; list: RailList }
  | { type: 'notice'; notice: Notice }
  | { type: 'notice-dismissed'; id: number }
  | { type: 'creating' }
  | { type: 'created'; session: Session }
  | { type: 'create-failed'; error: EverturnError }
  | { type: 'search'; q: string }
  | { type: 'sessions-loading'; more: boolean }
  | { type: 'sessions-found'; q: string; found: SearchResults }
  | { type: 'sessions-first'; q: string; page: SessionPage }
  | { type: 'sessions-more'; q: string; page: SessionPage }
  | { type: 'sessions-failed'; error: EverturnError }
  | { type: 'session-changed'; session: Session }
  | { type: 'session-deleted'; id: string }
  | { type: 'subagents'; subagents: Subagent[] }
  | { type: 'subagents-failed' }
  | { type: 'subagents-shown'; ofSession: boolean }
  | { type: 'subagent-asked'; id: string; asked: boolean }
  | { type: 'notify-permission'; permission: NotifyPermission }
  | { type: 'approvals'; approvals: Approval[]; questions: Question[]; staged: StagedChanges[] }
  | { type: 'answering'; id: string; decision: Decision }
  | { type: 'answer-failed'; id: string; message: string; faults: string[] }
  | { type: 'answered'; id: string }
  /** What the address now names. */
  | { type: 'place'; address: Address }
  | { type: 'snapshot'; sessionId: string; snapshot: SessionSnapshot }
  | { type: 'events'; sessionId: string; events: StreamEvent[] }
  | { type: 'connection'; sessionId: string; connection: Connection }
  | { type: 'older-loading'; sessionId: string }
  | { type: 'older'; sessionId: string; page: ChunkPage }
  | { type: 'older-failed'; sessionId: string; error: EverturnError }
  | { type: 'session-trace'; sessionId: string; spans: Span[]; more: boolean }
  | BesideAction
  | { type: 'trace'; sessionId: string; turn: number; spans: Span[] | null }
  | { type: 'cancelling'; sessionId: string; turn: number | null }
  | { type: 'draft'; sessionId: string; text: string }
  | { type: 'attach-added'; sessionId: string; item: AttachItem }
  | { type: 'attach-ready'; key: string; id: string }
  | { type: 'attach-failed'; key: string; error: string }
  | { type: 'attach-removed'; key: string }
  | { type: 'attach-sent'; sessionId: string }
  | { type: 'outbox-added'; item: OutboxItem }
  | { type: 'outbox-sending'; key: string }
  /** `isShown`: the view already has it. */
  | { type: 'outbox-sent'; key: string; messageId: string; isShown: boolean }
  | { type: 'outbox-failed'; key: string; error: EverturnError }
  | { type: 'outbox-removed'; key: string }
  | { type: 'runs-filter'; filter: RunStatus | null }
  | { type: 'runs-loading-more' }
  | { type: 'runs-first'; filter: RunStatus | null; page: RunPage }
  | { type: 'runs-more'; filter: RunStatus | null; page: RunPage }
  | { type: 'runs-failed'; error: EverturnError }
  | { type: 'flows'; list: FlowList }
  | { type: 'flows-failed'; error: EverturnError }
  | { type: 'scripts'; list: ScriptList }
  | { type: 'scripts-failed'; error: EverturnError }
  | { type: 'run-starting' }
  | { type: 'run-started'; run: Run }
  | { type: 'run-start-failed'; error: EverturnError }
  | { type: 'run-snapshot'; runId: string; detail: RunDetail }
  /** The run was read again, beside its stream. */
  | { type: 'run-read'; runId: string; detail: RunDetail }
  | { type: 'run-events'; runId: string; events: RunStreamEvent[] }
  | { type: 'run-connection'; runId: string; connection: Connection }
  | { type: 'items'; runId: string; step: string; list: ItemList }
  | { type: 'result'; runId: string; key: string; result: ResultState }
  | { type: 'run-ends'; runId: string; input: unknown; output: unknown }
  | { type: 'run-source'; runId: string; source: SourceState }
  | { type: 'report'; runId: string; report: ReportState }
  | { type: 'comparable'; runId: string; comparable: ComparableState }
  | { type: 'compared'; runId: string; compared: ComparedState }
  | { type: 'compared-result'; runId: string; other: string; key: string; result: ResultState }
  | { type: 'workflow-facts'; workflowId: string; facts: WorkflowFacts }
  | { type: 'workflow-machines'; workflowId: string; machines: WorkflowMachines }
  | { type: 'workflow-failed'; workflowId: string; error: EverturnError }
  | { type: 'workflow-asked'; workflowId: string; verb: WorkflowVerb | null; error: EverturnError | null }
  | { type: 'run-asked'; runId: string; verb: RunVerb | null }
  | { type: 'rerun-from'; runId: string; step: string | null }
  | { type: 'rerun-failed'; runId: string; error: EverturnError };
