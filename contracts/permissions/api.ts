import { z } from 'zod';
import { Approval, ApprovalAnswer } from '../approvals.ts';
import { KeptRule, PermissionRule, PlacedRule } from './rule.ts';

/** A rule that was added while the stack runs. */
export const StoredRule = z.object({
  id: z.string(),
  /** It holds for this session and its background agents; null where it holds for a folder. */
  sessionId: z.string().nullable(),
  workspace: z.string().nullable(),
  rule: KeptRule,
  /** The approval whose answer it was remembered from. */
  approval: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type StoredRule = z.infer<typeof StoredRule>;

/** A file or folder outside the workspace that a session may read. */
export const ReadRoot = z.object({
  id: z.string(),
  sessionId: z.string(),
  path: z.string(),
  grantedBy: z.string(),
  grantedAt: z.iso.datetime(),
});
export type ReadRoot = z.infer<typeof ReadRoot>;

/** `session`: what holds in it. Default: what holds everywhere, and every rule that was added. */
export const PermissionQuery = z.object({ session: z.string().min(1).max(100).optional() });

export const PermissionList = z.object({
  /** All rules, those of files too, in the order in which they are named as reasons. */
  rules: z.array(
    PlacedRule.extend({
      words: z.string(),
      createdBy: z.string().nullable(),
      sessionId: z.string().nullable(),
      workspace: z.string().nullable(),
    }),
  ),
  roots: z.array(ReadRoot),
  /** Why rules of a file do not hold: every call asks until it is mended. */
  faults: z.array(z.string()),
});
export type PermissionList = z.infer<typeof PermissionList>;

export const NewRule = z
  .strictObject({
    rule: PermissionRule,
    session: z.string().min(1).max(100).optional(),
    /** An absolute path. */
    workspace: z.string().min(1).max(4000).optional(),
  })
  .refine(
    ({ session, workspace }) => (session === undefined) !== (workspace === undefined),
    'expected either session or workspace',
  );
export type NewRule = z.infer<typeof NewRule>;

export const SeveralAnswers = z.strictObject({
  answers: z
    .array(
      ApprovalAnswer.extend({ id: z.string().min(1).max(300), fields: z.record(z.string(), z.unknown()).optional() }),
    )
    .min(1)
    .max(200),
});
export type SeveralAnswers = z.infer<typeof SeveralAnswers>;

/** In the order of the request. Each is decided separately: one that is refused does not affect the others. */
export const AnsweredSeveral = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(['answered', 'refused']),
      code: z.string().nullable(),
      message: z.string().nullable(),
      approval: Approval.nullable(),
    }),
  ),
});
export type AnsweredSeveral = z.infer<typeof AnsweredSeveral>;
