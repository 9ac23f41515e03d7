import { z } from 'zod';
import { ChangeKind } from './file-changes.ts';
import { callKey } from './ids.ts';
import { Because } from './permissions/because.ts';
import { AskedQuestion } from './permissions/question.ts';
import { PermissionRule } from './permissions/rule.ts';

export const Decision = z.enum(['approve', 'deny']);
export type Decision = z.infer<typeof Decision>;

/** A rule that is made from an answer. Without `rule`, the narrowest that covers the call. */
export const Remember = z.strictObject({
  scope: z
    .enum(['session', 'here'])
    .describe('The session and its background agents, or every session in the same folder.'),
  rule: PermissionRule.optional(),
});
export type Remember = z.infer<typeof Remember>;

export const ApprovalAnswer = z.object({
  decision: Decision,
  note: z.string().max(2000).optional().describe('The reason, which the model reads if the call is denied.'),
  argumentsHash: z
    .string()
    .max(100)
    .optional()
    .describe('The hash of the call as it was shown. An answer to another call is refused.'),
  remember: Remember.optional().describe('Do not ask about equal calls again.'),
  late: z
    .literal(true)
    .optional()
    .describe(
      'Approves a call that was denied, or whose turn has ended: the agent gets a message, and may make the same call once.',
    ),
});
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;

/**
 * A tool call that waits for a user. Its id is the key of the call: `<session>/<turn>/<step>/<call>`. What an MCP server
 * asks while the call runs has one part more.
 */
export const Approval = z.object({
  id: z.string(),
  sessionId: z.string(),
  turn: z.int().positive(),
  step: z.int().positive(),
  call: z.int().nonnegative(),
  tool: z.string(),
  arguments: z.string(),
  /** SHA-256 (hex) over the tool's name and its arguments with sorted keys: what the answer is bound to. */
  argumentsHash: z.string(),
  /** What the user who decides should know beside the arguments, such as how large a run is. Not written by the model. */
  about: z.string().optional(),
  status: z.enum(['pending', 'answered', 'closed']),
  decision: Decision.nullable(),
  note: z.string().nullable(),
  /** A user; `rule` where a rule decided, `deadline` if there was no answer in time. */
  answeredBy: z.string().nullable(),
  askedAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
  /** What the call would do to files; long diffs are cut. Older events have none. */
  changes: z
    .array(
      z.object({
        id: z.string(),
        number: z.int().positive(),
        kind: ChangeKind,
        path: z.string(),
        from: z.string().nullable(),
        diff: z.string(),
        hunks: z.int().nonnegative(),
      }),
    )
    .optional(),
  /** Why it is asked, allowed or denied. Absent from what earlier releases recorded, like all that follows. */
  because: Because.nullish(),
  /** What an agent asks with `ask_user`. */
  question: AskedQuestion.nullish(),
  /** The answer to that question: `{answer}`. */
  fields: z.record(z.string(), z.unknown()).nullish(),
  deadline: z.iso.datetime().nullish(),
  /** Who approved the call after it was denied. */
  lateBy: z.string().nullish(),
  lateAt: z.iso.datetime().nullish(),
});
export type Approval = z.infer<typeof Approval>;

/** Whether it was asked while the call ran: the process of the call waits for it, not the workflow. */
export const isWithinCall = ({ id, sessionId, turn, step, call }: Approval): boolean =>
  id !== callKey(sessionId, turn, step, call);
