import { z } from 'zod';

/** Where in the transcript a message comes from. */
const At = z.object({
  seq: z.int().positive(),
  turn: z.int().positive(),
  step: z.int().nonnegative(),
  ordinal: z.int().nonnegative(),
  kind: z.string(),
});

/**
 * What a request is made from beside the transcript. Each can change between two requests, and one that has changed declares
 * the break that follows.
 */
export const PrefixChoices = z.object({
  /** The model that is asked, as everturn.yaml names it. */
  model: z.string(),
  /** Digest of the session's agent. */
  agent: z.string(),
  /** Digest of what everturn.yaml says of requests, and the tools that it offers. */
  configuration: z.string(),
  /** What the provider has refused, so that it was left out. */
  options: z.string(),
  release: z.string(),
  /** Tools that do not come with Everturn, each with a digest of its definition. Releases before had none. */
  extensions: z.string().optional(),
  /** A turn that has used its steps is asked for a summary without tools. */
  tools: z.enum(['offered', 'withheld']),
  /** How many epochs of the context were in force. */
  epoch: z.int().nonnegative(),
});
export type PrefixChoices = z.infer<typeof PrefixChoices>;

/** `prune`, `compact`: an epoch of the context. `tools`: a server or a file offers others. `unknown`: a defect. */
export const BreakReason = z.enum([
  'prune',
  'compact',
  'model',
  'agent',
  'tools',
  'configuration',
  'options',
  'release',
  'step_limit',
  'unknown',
]);
export type BreakReason = z.infer<typeof BreakReason>;

/**
 * A request that does not extend the literal bytes of the one before it. `declared`: it was chosen, and the transcript or
 * the trace says so; another is a defect.
 */
export const PrefixBreak = z.object({
  part: z.enum(['fields', 'tools', 'system', 'message']),
  /** The first message that differs, counted from 0 after the system prompt; null where the head differs. */
  message: z.int().nonnegative().nullable(),
  /** The first chunk that differs; null where the head differs, or where the summary of earlier chunks does. */
  chunk: At.nullable(),
  reason: BreakReason,
  declared: z.boolean(),
  /** Estimated tokens of what was sent before and has to be read again. */
  reread: z.int().nonnegative(),
});
export type PrefixBreak = z.infer<typeof PrefixBreak>;

/** What the span of a model request says about its bytes. What is optional, earlier releases did not write. */
export const Prefix = z.object({
  /** Hash of everything before the messages, and of the system prompt. */
  head: z.string(),
  /** Hash of the whole request: a chain with a link for each message. */
  last: z.string(),
  previous: z.string().nullable(),
  extends: z.boolean(),
  parts: z.object({ fields: z.string(), tools: z.string(), system: z.string() }).optional(),
  /** Digests of the messages from number `from` on; those before are as in the request before. */
  from: z.int().nonnegative().optional(),
  digests: z.array(z.string()).optional(),
  /** The last chunk that the request was made from. */
  seq: z.int().nonnegative().optional(),
  choices: PrefixChoices.optional(),
  break: PrefixBreak.nullable().optional(),
});
export type Prefix = z.infer<typeof Prefix>;

/** Whether a break is shown as a defect. Spans of earlier releases record none. */
export const isUndeclared = ({ extends: extended, break: broken }: Prefix): boolean =>
  !extended && broken?.declared !== true;
