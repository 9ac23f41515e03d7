import { z } from 'zod';
import { Approval } from './approvals.ts';
import { maxAttachments } from './attachment-limits.ts';
import { AttachmentRef } from './attachments.ts';
import { CacheTotals, Segments } from './cache.ts';
import { Epoch, EpochKind, Predicted } from './context/epoch.ts';
import { TurnStatus, WhenBusy } from './events.ts';
import { ChangeMode, StagedChanges } from './file-changes.ts';
import { OneLine } from './one-line.ts';
import { ReadRoot } from './permissions/api.ts';
import { Prefix } from './prefix.ts';
import { Question } from './runs.ts';
import { Budget } from './script.ts';
import { permissions } from './tools.ts';
import { Usage, UsageTotals } from './usage.ts';
import { Role } from './users.ts';
import { SessionView } from './view.ts';
import { WaitingFor } from './work.ts';

export const SessionStatus = z.enum(['idle', 'running', 'waiting']);
export type SessionStatus = z.infer<typeof SessionStatus>;

export const Session = z.object({
  id: z.string(),
  title: z.string(),
  workspace: z.string(),
  agent: z.string(),
  /** The label shown for the first entry of the model chain. */
  model: z.string(),
  allow: z.array(z.enum(permissions)),
  /** How changes of files are applied. */
  changeMode: ChangeMode,
  /** Whether the check command runs after steps that wrote; null: as everturn.yaml has it. */
  autoFix: z.enum(['off', 'on']).nullable().optional(),
  /** `waiting` while a user is asked. */
  status: SessionStatus,
  /** Files and folders outside its workspace that a user has let it read. */
  readRoots: z.array(ReadRoot).optional(),
  /** The run and the node whose step the session is; null for a session of its own. */
  runId: z.string().nullable(),
  node: z.string().nullable(),
  /** The session that has spawned this one as a background agent. */
  parentId: z.string().nullable(),
  /** The session that this one is a copy of. */
  forkedFrom: z.string().nullable(),
  /** Archived sessions are in no list but their own. A message takes a session out again. */
  archivedAt: z.iso.datetime().nullable(),
  turns: z.int().nonnegative(),
  /** How the last turn that ended did; null before the first. */
  lastTurn: TurnStatus.exclude(['running']).nullable().optional(),
  /** Of its requests to models; null before the first. */
  usage: UsageTotals.nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Session = z.infer<typeof Session>;

/** What the turns of a session may take; what is left out is what everturn.yaml says. */
export const SessionBudget = z.strictObject({
  turn: Budget.optional().describe('What each turn may use.'),
  session: Budget.optional().describe('What all turns together may use, with their background agents.'),
});
export type SessionBudget = z.infer<typeof SessionBudget>;

export const CreateSession = z.object({
  workspace: z
    .string()
    .min(1)
    .optional()
    .describe('An absolute path. Default: the folder in which the stack was started.'),
  title: OneLine.max(200).optional(),
  allow: z
    .array(z.enum(permissions))
    .max(3)
    .default([])
    .describe('Permissions that need no approval in this session. `read` never does.'),
  changeMode: ChangeMode.optional().describe(
    'How changes to files are applied. Default: `changes.mode` of everturn.yaml.',
  ),
  agent: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The name of an agent that is defined in a file. Default: the built-in agent.'),
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The name of a model of everturn.yaml. Default: the model of the agent, otherwise the first.'),
  budget: SessionBudget.optional(),
});
export type CreateSession = z.input<typeof CreateSession>;

export const ForkSession = z.object({
  turn: z.int().positive().optional().describe('The last turn that is copied. Default: the last one that has ended.'),
  title: OneLine.min(1).max(200).optional(),
});
export type ForkSession = z.input<typeof ForkSession>;

/** Takes effect between turns, and is refused while one runs or a message waits; only `allow` takes effect at once. */
export const UpdateSession = z
  .strictObject({
    title: OneLine.min(1).max(200).optional(),
    model: z.string().min(1).max(200).optional().describe('The name of a model of everturn.yaml.'),
    agent: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("The name of an agent. Without `model`, the session gets the agent's model too."),
    allow: z
      .array(z.enum(permissions))
      .max(3)
      .optional()
      .describe('The permissions that need no approval from now on. They replace those before.'),
    archived: z.boolean().optional(),
    changeMode: ChangeMode.optional().describe(
      'How changes to files are applied from now on, also in the turn that runs.',
    ),
    autoFix: z
      .enum(['off', 'on'])
      .optional()
      .describe('Whether the check command runs after steps that changed files, whatever everturn.yaml says.'),
  })
  .refine(
    (change) => Object.keys(change).length > 0,
    'expected at least one of title, model, agent, allow, archived, changeMode, autoFix',
  );
export type UpdateSession = z.infer<typeof UpdateSession>;

/** A session as lists show it. */
export const SessionRow = Session.extend({
  /** The beginning of the message that its last turn answers. */
  said: z.string().optional(),
  /** Of its turns together. */
  tookMs: z.number().nonnegative().optional(),
  /** Null while it does not wait for an answer. */
  waitingFor: WaitingFor.nullable().optional(),
});
export type SessionRow = z.infer<typeof SessionRow>;

export const SessionPage = z.object({ sessions: z.array(SessionRow), nextCursor: z.string().nullable() });
export type SessionPage = z.infer<typeof SessionPage>;

export const SendMessage = z
  .object({
    text: z.string().max(200_000).describe('The message. It may be empty if something is attached.'),
    whenBusy: WhenBusy.default('enqueue'),
    attachments: z
      .array(AttachmentRef)
      .max(maxAttachments)
      .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'expected each attachment once')
      .optional()
      .describe('What `POST /api/attachments` gave, each once.'),
  })
  .refine(({ text, attachments = [] }) => text !== '' || attachments.length > 0, {
    path: ['text'],
    error: 'expected at least one character, or an attachment',
  });
export type SendMessage = z.input<typeof SendMessage>;

/** `turnId` is null while the message waits; the event `turn.started` names its turn. */
export const SentMessage = z.object({ messageId: z.string(), turnId: z.string().nullable() });
export type SentMessage = z.infer<typeof SentMessage>;

export const CompactSession = z.strictObject({
  kind: EpochKind.default('compact').describe(
    '`compact`: the conversation is sent as a summary. `prune`: long results of tools are no longer sent.',
  ),
  instructions: z.string().max(2000).optional().describe('What the summary should keep.'),
  dryRun: z.boolean().default(false).describe('Only report what it would cost.'),
});
export type CompactSession = z.input<typeof CompactSession>;

/** `turnId`: the turn that does it, null while it waits or for a dry run. `messageId` is null for a dry run. */
export const CompactedSession = z.object({
  messageId: z.string().nullable(),
  turnId: z.string().nullable(),
  /** Of the next request; `after` of a summary that is still to be written is a guess. */
  predicted: Predicted,
});
export type CompactedSession = z.infer<typeof CompactedSession>;

/** How full the context of a session is, and what was done about it. */
export const SessionContext = z.object({
  model: z.string(),
  /** Of the last request: what was expected and what the provider counted. */
  predicted: z.int().nonnegative().nullable(),
  reported: z.int().nonnegative().nullable(),
  /** Tokens that the model takes; null if not known yet. */
  window: z.int().positive().nullable(),
  epochs: z.array(Epoch),
});
export type SessionContext = z.infer<typeof SessionContext>;

export const CancelledTurn = z.object({ turnId: z.string().nullable() });
export type CancelledTurn = z.infer<typeof CancelledTurn>;

/** The whole of what is decided on, for a user to read: hidden characters are written out, such as `\u202e`. */
const Shown = z.string();

/** All that waits for a user: tool calls of sessions, questions of runs, and staged changes of files. */
export const ApprovalList = z.object({
  approvals: z.array(Approval.extend({ shown: Shown })),
  questions: z.array(Question.extend({ shown: Shown })),
  staged: z.array(StagedChanges),
});
export type ApprovalList = z.infer<typeof ApprovalList>;

/** One timed operation. `attributes` of a model request hold its usage, time to first token and prefix hashes. */
export const Span = z.object({
  id: z.string(),
  turn: z.int().positive(),
  step: z.int().positive(),
  call: z.int().nonnegative().nullable(),
  /** `compaction`: the model request that wrote a summary. */
  kind: z.enum(['model', 'tool', 'compaction']),
  name: z.string(),
  attempt: z.int().positive(),
  status: z.enum(['ok', 'error', 'interrupted', 'cancelled']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  attributes: z.record(z.string(), z.unknown()),
});
export type Span = z.infer<typeof Span>;

/** What the span of a model request carries in `attributes`. */
export const ModelSpanAttributes = z.object({
  model: z.string(),
  /** Messages and characters of the request, noted before it was sent. */
  messages: z.int().nonnegative(),
  characters: z.int().nonnegative(),
  timeToFirstTokenMs: z.number().nullable(),
  usage: Usage.nullable(),
  prefix: Prefix,
  /** The prompt by segment; null where no usage was reported. */
  segments: Segments.nullable().optional(),
});

export const SpanPage = z.object({
  spans: z.array(Span),
  nextCursor: z.string().nullable(),
  /** Hits and misses of the provider's cache. */
  cache: CacheTotals,
});
export type SpanPage = z.infer<typeof SpanPage>;

/** The head of a session's stream: what a viewer needs before it tails from `position`. */
export const SessionSnapshot = z.object({ session: Session, view: SessionView });
export type SessionSnapshot = z.infer<typeof SessionSnapshot>;

export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  postgres: z.boolean(),
  temporal: z.boolean(),
  /** Of agents and flows. */
  workers: z.int().nonnegative(),
  /** Of scripts. */
  scriptWorkers: z.int().nonnegative(),
  /** What the console and the CLI say about the model, such as `offline (built in)`. */
  model: z.object({
    label: z.string(),
    offline: z.boolean(),
    /** Where it was asked for: whether anything answers at its address; null where the API does not know it. */
    reachable: z.boolean().nullable().optional(),
  }),
  temporalUi: z.string().nullable(),
  workspace: z.string(),
  /** Who asks. */
  user: z.object({ name: z.string(), role: Role }),
});
export type Health = z.infer<typeof Health>;

/** RFC 9457 */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;

export const ChunkQuery = z.object({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200).describe('How many entries a page has at most.'),
});
export const SessionQuery = z.object({
  cursor: z.string().optional().describe('The `nextCursor` of the page before.'),
  q: z.string().max(200).optional(),
  runId: z
    .string()
    .max(200)
    .optional()
    .describe('Sessions of this run. Default: sessions that belong to no run and no background agent.'),
  archived: z.enum(['true', 'false']).default('false').describe('`true`: archived sessions only.'),
  status: z
    .enum([...SessionStatus.options, 'failed'])
    .optional()
    .describe('`failed`: idle sessions whose last turn failed.'),
  model: z.string().min(1).max(200).optional(),
  agent: z.string().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many entries a page has at most.'),
});
export const SpanQuery = z.object({
  cursor: z.string().optional().describe('The `nextCursor` of the page before.'),
  turn: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('How many entries a page has at most.'),
});
