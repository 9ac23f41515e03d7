import type { z } from 'zod';
import {
  ApprovalList,
  CancelledTurn,
  CompactedSession,
  type CompactSession,
  type CreateSession,
  type ForkSession,
  Health,
  type SendMessage,
  SentMessage,
  Session,
  SessionContext,
  SessionPage,
  type SessionQuery,
  SessionSnapshot,
  SpanPage,
  type UpdateSession,
} from '../contracts/api.ts';
import { Approval } from '../contracts/approvals.ts';
import { ChunkPage } from '../contracts/chunks.ts';
import { Question, type QuestionAnswer } from '../contracts/runs.ts';
import { ToolTracePage, type ToolTraceQuery } from '../contracts/tool-traces.ts';
import { UsageTotals } from '../contracts/usage.ts';
import { type AttachmentsApi, attachmentsApi } from './attachments.ts';
import { openChanges } from './changes.ts';
import { type CommandsApi, commandsApi } from './commands.ts';
import { type FileChangesApi, fileChangesApi } from './file-changes.ts';
import { type FlowsApi, flowsApi } from './flows.ts';
import { type KeysApi, keysApi } from './keys.ts';
import { type Bytes, type Once, once, type Signal, streamHeaders, streamOf } from './options.ts';
import { type PermissionsApi, permissionsApi } from './permissions.ts';
import { type RunsApi, runsApi } from './runs.ts';
import { type ScriptsApi, scriptsApi } from './scripts.ts';
import { type SessionFilesApi, sessionFilesApi } from './session-files.ts';
import { type SessionPartsApi, sessionPartsApi } from './session-parts.ts';
import { type StackApi, stackApi } from './stack.ts';
import { type SubagentsApi, subagentsApi } from './subagents.ts';
import { type ToolsApi, toolsApi } from './tools.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import { type TrustApi, trustApi } from './trust.ts';
import { type UsageApi, usageApi } from './usage.ts';
import { type UsersApi, usersApi } from './users.ts';
import { type WorkflowsApi, workflowsApi } from './workflows.ts';

export type ApiClientOptions = TransportOptions;

/** One method per route. Every method throws `EverturnError`, or the abort reason of its signal. */
export type ApiClient = SessionsApi &
  SessionFilesApi &
  SessionPartsApi &
  AttachmentsApi &
  FileChangesApi &
  RunsApi &
  FlowsApi &
  SubagentsApi &
  ScriptsApi &
  ToolsApi &
  CommandsApi &
  TrustApi &
  UsageApi &
  StackApi &
  UsersApi &
  KeysApi &
  PermissionsApi &
  WorkflowsApi;

type SessionsApi = {
  /** `model`: the address of the first model is asked too. */
  health(options?: Signal & { model?: boolean }): Promise<Health>;
  /** Has the browser hold a session of Temporal UI. */
  openTemporalUi(options?: Signal): Promise<void>;
  createSession(body: CreateSession, options?: Once): Promise<Session>;
  listSessions(query?: Partial<z.output<typeof SessionQuery>>, options?: Signal): Promise<SessionPage>;
  /** A new session that begins with the settled turns of this one. */
  forkSession(id: string, body?: ForkSession, options?: Once): Promise<Session>;
  /** With its whole view at a position, after which `tailSession` can continue. */
  getSession(id: string, options?: Signal): Promise<SessionSnapshot>;
  updateSession(id: string, body: UpdateSession, options?: Signal): Promise<Session>;
  deleteSession(id: string, options?: Signal): Promise<void>;
  /** Resolves once the message is stored: it will be answered, whatever crashes. See `followMessage`. */
  sendMessage(id: string, body: SendMessage, options?: Once): Promise<SentMessage>;
  /** Cancels the turn that runs; what was said so far stays. */
  cancelTurn(id: string, options?: Once): Promise<CancelledTurn>;
  /** How full its context is, and what was done about it. */
  getContext(id: string, options?: Signal): Promise<SessionContext>;
  /** Has a summary written, or results left out; or says what that would cost. */
  compactSession(id: string, body?: CompactSession, options?: Once): Promise<CompactedSession>;
  listChunks(id: string, query?: { before?: number; limit?: number }, options?: Signal): Promise<ChunkPage>;
  getUsage(id: string, options?: Signal): Promise<UsageTotals>;
  /** What its tools were given and gave, the oldest first, with totals of all that fit. */
  listToolCalls(id: string, query?: Partial<z.infer<typeof ToolTraceQuery>>, options?: Signal): Promise<ToolTracePage>;
  listSpans(
    id: string,
    query?: { cursor?: string; turn?: number; limit?: number },
    options?: Signal,
  ): Promise<SpanPage>;
  listApprovals(options?: Signal): Promise<ApprovalList>;
  /** Throws `approval_answered` with the first answer in `details.approval` when someone was faster. */
  answerApproval(id: string, answer: QuestionAnswer, options?: Once): Promise<Approval>;
  /** Also of one that has been answered. Throws `approval_not_found` for a call that needed no approval. */
  getApproval(id: string, options?: Signal): Promise<Approval>;
  /** As {@link answerApproval}, for a question of a run; throws `form_invalid` and `approver_refused` too. */
  answerQuestion(id: string, answer: QuestionAnswer, options?: Once): Promise<Question>;
  /** The bytes of a session's event stream. Without `after` it begins with a snapshot. See `tailSession`. */
  openSessionEvents(id: string, options?: Signal & { after?: number | undefined }): Promise<Bytes>;
  /** The bytes of the wake-ups for lists, and of the streams that `follow` names. See `createStreams`. */
  openChanges(options?: Signal & { follow?: readonly string[] }): Promise<Bytes>;
};

/** A client of the API at `baseUrl`, as the user of `token`. It opens no connection by itself. */
export const createApiClient = (options: ApiClientOptions): ApiClient => {
  const transport = createTransport(options);
  const { send, read } = transport;
  const session = (id: string): string => `/sessions/${encodeURIComponent(id)}`;

  return {
    ...sessionFilesApi(transport),
    ...sessionPartsApi(transport),
    ...attachmentsApi(transport),
    ...fileChangesApi(transport),
    ...runsApi(transport),
    ...flowsApi(transport),
    ...scriptsApi(transport),
    ...subagentsApi(transport),
    ...toolsApi(transport),
    ...commandsApi(transport),
    ...trustApi(transport),
    ...usageApi(transport),
    ...stackApi(transport),
    ...usersApi(transport),
    ...permissionsApi(transport),
    ...keysApi(transport),
    ...workflowsApi(transport),
    health: ({ signal, model = false } = {}) =>
      read(Health, { action: 'read the health', path: model ? '/health?model=true' : '/health', signal }),
    openTemporalUi: async ({ signal } = {}) => {
      await send({ action: 'open Temporal UI', method: 'POST', path: '/temporal-ui/session', signal });
    },
    createSession: (body, { signal, idempotencyKey } = {}) =>
      read(Session, {
        action: 'create a session',
        method: 'POST',
        path: '/sessions',
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    listSessions: (query, { signal } = {}) =>
      read(SessionPage, { action: 'list sessions', path: '/sessions', query, signal }),
    forkSession: (id, body = {}, { signal, idempotencyKey } = {}) =>
      read(Session, {
        action: `fork session ${id}`,
        method: 'POST',
        path: `${session(id)}/fork`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    getSession: (id, { signal } = {}) =>
      read(SessionSnapshot, { action: `read session ${id}`, path: session(id), signal }),
    updateSession: (id, body, { signal } = {}) =>
      read(Session, { action: `change session ${id}`, method: 'PATCH', path: session(id), body, signal }),
    deleteSession: async (id, { signal } = {}) => {
      await send({ action: `delete session ${id}`, method: 'DELETE', path: session(id), signal });
    },
    sendMessage: (id, body, { signal, idempotencyKey } = {}) =>
      read(SentMessage, {
        action: `send to session ${id}`,
        method: 'POST',
        path: `${session(id)}/messages`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    cancelTurn: (id, { signal, idempotencyKey } = {}) =>
      read(CancelledTurn, {
        action: `cancel the turn of session ${id}`,
        method: 'POST',
        path: `${session(id)}/cancel`,
        body: {},
        headers: once(idempotencyKey),
        signal,
      }),
    getContext: (id, { signal } = {}) =>
      read(SessionContext, { action: `read the context of ${id}`, path: `${session(id)}/context`, signal }),
    compactSession: (id, body = {}, { signal, idempotencyKey } = {}) =>
      read(CompactedSession, {
        action: `compact session ${id}`,
        method: 'POST',
        path: `${session(id)}/compact`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    listChunks: (id, query, { signal } = {}) =>
      read(ChunkPage, { action: `read the transcript of ${id}`, path: `${session(id)}/chunks`, query, signal }),
    getUsage: (id, { signal } = {}) =>
      read(UsageTotals, { action: `read the usage of ${id}`, path: `${session(id)}/usage`, signal }),
    listToolCalls: (id, query, { signal } = {}) =>
      read(ToolTracePage, { action: `read the tool calls of ${id}`, path: `${session(id)}/tool-calls`, query, signal }),
    listSpans: (id, query, { signal } = {}) =>
      read(SpanPage, { action: `read the traces of ${id}`, path: `${session(id)}/traces`, query, signal }),
    listApprovals: ({ signal } = {}) => read(ApprovalList, { action: 'list approvals', path: '/approvals', signal }),
    getApproval: (id, { signal } = {}) =>
      read(Approval, { action: `read approval ${id}`, path: `/approvals/${encodeURIComponent(id)}`, signal }),
    answerApproval: (id, body, { signal, idempotencyKey } = {}) =>
      read(Approval, {
        action: `answer approval ${id}`,
        method: 'POST',
        path: `/approvals/${encodeURIComponent(id)}`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    answerQuestion: (id, body, { signal, idempotencyKey } = {}) =>
      read(Question, {
        action: `answer question ${id}`,
        method: 'POST',
        path: `/approvals/${encodeURIComponent(id)}`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    openSessionEvents: async (id, { signal, after } = {}) => {
      const action = `follow session ${id}`;
      const response = await send({
        action,
        path: `${session(id)}/events`,
        headers: streamHeaders(after),
        signal,
      });
      return streamOf(response, action);
    },
    openChanges: (opening) => openChanges(transport, opening),
  };
};
