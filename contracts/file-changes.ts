import { z } from 'zod';

/**
 * How changes of files that an agent makes are applied. `ask`: each waits for a user unless the session allows `write`.
 * `auto`: at once. `stage`: they are collected until someone applies them.
 */
export const changeModes = ['ask', 'auto', 'stage'] as const;
export const ChangeMode = z.enum(changeModes);
export type ChangeMode = z.infer<typeof ChangeMode>;

export const ChangeKind = z.enum(['create', 'edit', 'delete', 'rename']);
export type ChangeKind = z.infer<typeof ChangeKind>;

/**
 * `pending` waits to be applied. `conflict`: the file is not what the change was made from, and nothing was written; it
 * can be applied again. `failed`: the system refused to write. `withdrawn`: its turn ended before anyone decided.
 */
export const ChangeState = z.enum([
  'pending',
  'applying',
  'applied',
  'rejected',
  'conflict',
  'failed',
  'undone',
  'withdrawn',
]);
export type ChangeState = z.infer<typeof ChangeState>;

/** One change of one file by one tool call. */
export const FileChange = z.object({
  id: z.string(),
  sessionId: z.string(),
  /** Its place in the session's queue, from 1. */
  number: z.int().positive(),
  turn: z.int().positive(),
  step: z.int().positive(),
  call: z.int().nonnegative(),
  agent: z.string(),
  tool: z.string(),
  kind: ChangeKind,
  /** Relative to the workspace. */
  path: z.string(),
  /** Of a rename: the name before. */
  from: z.string().nullable(),
  /** SHA-256 (hex) of the content that the change was made from, and of what it makes; null if there is no file. */
  baseHash: z.string().nullable(),
  afterHash: z.string().nullable(),
  /** Unified, cut where it is very long. */
  diff: z.string(),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  /** Parts of the diff that can be approved apart, counted from 0. */
  hunks: z.int().nonnegative(),
  /** The hunks that a user approved; null: all of them. */
  chosen: z.array(z.int().nonnegative()).nullable(),
  /** What the guard noticed, such as an import that is gone and still used. */
  notes: z.array(z.string()),
  state: ChangeState,
  /** Why it was not applied. */
  reason: z.string().nullable(),
  /** The approval that decides about it; null for a staged one. */
  approvalId: z.string().nullable(),
  decidedBy: z.string().nullable(),
  createdAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
});
export type FileChange = z.infer<typeof FileChange>;

export const FileChangePage = z.object({
  mode: ChangeMode,
  changes: z.array(FileChange),
  nextCursor: z.string().nullable(),
});
export type FileChangePage = z.infer<typeof FileChangePage>;

/** The staged changes of a session that wait for a person. */
export const StagedChanges = z.object({
  sessionId: z.string(),
  title: z.string(),
  /** In the order of the queue, at most 1,000. */
  ids: z.array(z.string()).min(1),
  /** Of the first few of them. */
  paths: z.array(z.string()),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  /** When the first of them was staged. */
  since: z.iso.datetime(),
});
export type StagedChanges = z.infer<typeof StagedChanges>;

export const FileChangeQuery = z.object({
  state: ChangeState.optional(),
  turn: z.coerce.number().int().positive().optional(),
  cursor: z.string().max(20).optional().describe('The `nextCursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many entries a page has at most.'),
});

const Ids = z.array(z.string().min(1).max(300)).min(1).max(1000);

/** What a user decides about pending changes. Those named are applied as a whole or not at all. */
export const DecideChanges = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  changes: Ids.optional().describe('Ids of changes. Default: all that are pending.'),
  hunks: z
    .array(z.int().nonnegative())
    .min(1)
    .max(10_000)
    .optional()
    .describe('With one change: the numbers of the hunks that are approved, from 0. The others are rejected.'),
});
export type DecideChanges = z.input<typeof DecideChanges>;

/** What is undone: the changes of one call or one turn, or all from one change on. */
export const UndoChanges = z.union([
  z.strictObject({ turn: z.int().positive(), step: z.int().positive(), call: z.int().nonnegative() }),
  z.strictObject({ turn: z.int().positive() }),
  z.strictObject({
    since: z.string().min(1).max(300).describe('The id of a change: it and all after it.'),
  }),
]);
export type UndoChanges = z.infer<typeof UndoChanges>;

/** `working`: it is not over yet, such as a call that was approved and runs now; ask for the list again. */
export const ChangeOutcome = z.object({
  status: z.enum(['done', 'working']),
  changes: z.array(FileChange),
});
export type ChangeOutcome = z.infer<typeof ChangeOutcome>;
