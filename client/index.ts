/**
 * The typed client of Everturn's API, for Node and for browsers.
 *
 * {@link createApiClient} has one method for each route. {@link followMessage} and {@link followRun} wait for the end of a
 * turn or a run; {@link tailSession}, {@link tailRun} and {@link watchLists} follow event streams. All of them survive lost
 * connections without missing or repeating an event. Every failure is an {@link EverturnError}, whose `code` is a row of
 * the error reference.
 *
 * @packageDocumentation
 */
export type {
  ApprovalList,
  CreateSession,
  ForkSession,
  Health,
  SendMessage,
  SentMessage,
  Session,
  SessionContext,
  SessionPage,
  SessionSnapshot,
  Span,
  SpanPage,
  UpdateSession,
} from '../contracts/api.ts';
export type { Approval, ApprovalAnswer } from '../contracts/approvals.ts';
export type { Attachment, AttachmentRef } from '../contracts/attachments.ts';
export type { Chunk, ChunkBody, ChunkPage } from '../contracts/chunks.ts';
export { type ErrorCode, EverturnError, errorTable, isErrorCode } from '../contracts/errors.ts';
export type { SessionEvent, StreamEvent } from '../contracts/events.ts';
export type { FileChange, FileChangePage } from '../contracts/file-changes.ts';
export type { AgentList, FlowDetail, FlowList, ScriptDetail, ScriptList } from '../contracts/found.ts';
export type { RunDetail, RunOutput, RunSource } from '../contracts/run-detail.ts';
export { reduceRun } from '../contracts/run-view.ts';
export type {
  NodeResult,
  Question,
  QuestionAnswer,
  Rerun,
  Run,
  RunEvent,
  RunNode,
  RunPage,
  RunStreamEvent,
  RunView,
  Schedule,
  StartRun,
} from '../contracts/runs.ts';
export type { Subagent, SubagentDetail, SubagentPage } from '../contracts/subagents.ts';
export type { UsageTotals } from '../contracts/usage.ts';
export type { UsageReport } from '../contracts/usage-report.ts';
export { reduce as reduceSession, type SessionView } from '../contracts/view.ts';
export { type ApiClient, type ApiClientOptions, createApiClient } from './api.ts';
export type { ConnectionDetail, ConnectionState, Timing } from './connection.ts';
export { type FollowOptions, followMessage, type Outcome } from './follow-message.ts';
export { type FollowRunOptions, followRun } from './follow-run.ts';
export { newIdempotencyKey } from './idempotency.ts';
export type { Once, Signal } from './options.ts';
export { type Tailed, type TailOptions, tailRun, tailSession, type WatchOptions, watchLists } from './tail.ts';
