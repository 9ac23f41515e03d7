import { z } from 'zod';

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
});
export type Approval = z.infer<typeof Approval>;
