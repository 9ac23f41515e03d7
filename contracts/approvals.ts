import { z } from 'zod';
import { ChangeKind } from './file-changes.ts';

export const Decision = z.enum(['approve', 'deny']);
export type Decision = z.infer<typeof Decision>;

export const ApprovalAnswer = z.object({
  decision: Decision,
  /** Told to the model when the call is denied. */
  note: z.string().max(2000).optional(),
});
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>;

/** A tool call that waits for a person. Its id is the key of the call: `<session>/<turn>/<step>/<call>`. */
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
  /** What the person who decides should know beside the arguments, such as how large a run is. Not written by the model. */
  about: z.string().optional(),
  status: z.enum(['pending', 'answered', 'closed']),
  decision: Decision.nullable(),
  note: z.string().nullable(),
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
});
export type Approval = z.infer<typeof Approval>;
