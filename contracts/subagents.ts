import { z } from 'zod';
import { UsageTotals } from './usage.ts';

/** `crashed`: its workflow, its session or its turn was ended from outside or is gone. The last four are ends. */
export const SubagentStatus = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'crashed']);
export type SubagentStatus = z.infer<typeof SubagentStatus>;
export type SubagentEnd = Exclude<SubagentStatus, 'queued' | 'running'>;

export const hasEnded = (status: SubagentStatus): status is SubagentEnd => status !== 'queued' && status !== 'running';

/** What becomes of it when its parent ends. */
export const OnParentEnd = z.enum(['leave', 'cancel']);
export type OnParentEnd = z.infer<typeof OnParentEnd>;

/** A session that a tool call of another session has started, in the background. */
export const Subagent = z.object({
  id: z.string(),
  /** Null once its session was deleted. */
  sessionId: z.string().nullable(),
  parentSessionId: z.string(),
  /** Of the parent, which spawned it. */
  turn: z.int().positive(),
  label: z.string(),
  agent: z.string(),
  model: z.string(),
  /** 1 below a session that is not a subagent itself. */
  depth: z.int().positive(),
  onParentEnd: OnParentEnd,
  status: SubagentStatus,
  /** Of an end that is not `completed`. */
  code: z.string().nullable(),
  reason: z.string().nullable(),
  /** Someone asked to cancel it, and it has not ended yet. */
  cancelling: z.boolean(),
  /** How many of its parent's wait before it; null when it has a place or has ended. */
  ahead: z.int().nonnegative().nullable(),
  /** The turn of the parent that was notified of its end. */
  deliveredTurn: z.int().positive().nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** What the call that spawned it noted, for programs and people. */
  metadata: z.record(z.string(), z.unknown()).nullish(),
  /** From 1; one that was retried is the same work again. */
  attempt: z.int().positive().optional(),
  /** The attempt before it. */
  retryOf: z.string().nullish(),
});
export type Subagent = z.infer<typeof Subagent>;

/** How far one has come. */
export const SubagentProgress = z.object({
  /** Model requests that were answered, and tool calls that were asked for. */
  requests: z.int().nonnegative(),
  calls: z.int().nonnegative(),
  /** The tool that it asked for last. */
  lastTool: z.string().nullable(),
});
export type SubagentProgress = z.infer<typeof SubagentProgress>;

/** `result` is the last text of one that completed, whole. `usage` and `progress` are null once its session was deleted. */
export const SubagentDetail = Subagent.extend({
  result: z.string().nullable(),
  usage: UsageTotals.nullish(),
  progress: SubagentProgress.nullish(),
});
export type SubagentDetail = z.infer<typeof SubagentDetail>;

export const SubagentPage = z.object({ subagents: z.array(Subagent), nextCursor: z.string().nullable() });
export type SubagentPage = z.infer<typeof SubagentPage>;

export const SubagentQuery = z.object({
  cursor: z.string().optional().describe('The `nextCursor` of the page before.'),
  session: z.string().max(100).optional().describe('Only those that this session has started.'),
  status: SubagentStatus.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many entries a page has at most.'),
});

export const SendToSubagent = z.object({ text: z.string().min(1).max(200_000) });

export type SubagentLimits = {
  /** At once, of one session. */
  subagentsPerSession: number;
  /** At once, in all. */
  subagents: number;
  /** Levels below a session. 0: none can be spawned. */
  subagentDepth: number;
};

/** How one has ended, as far as it is known at the notice. */
export type SubagentOutcome = {
  status: SubagentEnd;
  code: string | null;
  reason: string | null;
  result: string | null;
};

/** Characters of a result that go into the parent's mailbox. */
const mailboxCharacters = 8000;

const cut = (id: string, text: string): string => {
  if (text.length <= mailboxCharacters) return text;
  const left = text.length - mailboxCharacters;
  return `${text.slice(0, mailboxCharacters)}\n[${left} more characters. Read all of it with subagent_result {"id":"${id}"}]`;
};

const words: Record<SubagentEnd, string> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'was cancelled',
  crashed: 'crashed',
};

/** The one message that notifies a parent of the end. */
export const endMessage = (
  { id, label, attempt = 1 }: Pick<Subagent, 'id' | 'label' | 'attempt'>,
  { status, code, reason, result }: SubagentOutcome,
): string => {
  const head = `[Background agent "${label}" (${id}${attempt > 1 ? `, attempt ${attempt}` : ''}) ${words[status]}${code === null ? '' : `: ${code}`}]`;
  if (status === 'completed') return `${head}\n${result ? cut(id, result) : '(It wrote no text.)'}`;
  return reason === null ? head : `${head}\n${cut(id, reason)}`;
};
