import { z } from 'zod';
import { KeptImage } from './attachments.ts';

export const ToolOutcome = z.enum(['ok', 'error', 'denied', 'cancelled', 'interrupted']);
export type ToolOutcome = z.infer<typeof ToolOutcome>;

/** Characters of an input or output that a trace holds itself. What is longer is read from the transcript. */
export const tracedCharacters = 4000;

const Traced = z.object({
  /** Null where it is long: it is the chunk `seq` of the transcript. */
  text: z.string().nullable(),
  characters: z.int().nonnegative(),
  seq: z.int().positive(),
});

/** One tool call of a session, as it was asked for and as it ended. */
export const ToolTrace = z.object({
  turn: z.int().positive(),
  step: z.int().positive(),
  call: z.int().nonnegative(),
  callId: z.string(),
  tool: z.string(),
  /** Null while it runs or waits. */
  outcome: ToolOutcome.nullable(),
  /** How often it was begun; 0: never. */
  attempts: z.int().nonnegative(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  latencyMs: z.number().nonnegative().nullable(),
  input: Traced,
  /** `images`: what it showed to the model. */
  output: Traced.extend({ images: z.array(KeptImage) }).nullable(),
  /** How its output begins, where the outcome is another than `ok`. */
  error: z.string().nullable(),
  /** The model request that asked for it; null where no usage is known. */
  request: z
    .object({
      model: z.string(),
      input: z.int().nonnegative(),
      output: z.int().nonnegative(),
      cacheRead: z.int().nonnegative(),
    })
    .nullable(),
});
export type ToolTrace = z.infer<typeof ToolTrace>;

/** Of all calls that fit, on every page. */
export const ToolTotals = z.object({
  calls: z.int().nonnegative(),
  outcomes: z.record(ToolOutcome, z.int().nonnegative()),
  /** Calls that run or wait. */
  open: z.int().nonnegative(),
  latencyMs: z.number().nonnegative(),
  /** Of the model requests that asked for them, each once. */
  requests: z.object({
    count: z.int().nonnegative(),
    input: z.int().nonnegative(),
    output: z.int().nonnegative(),
  }),
});
export type ToolTotals = z.infer<typeof ToolTotals>;

export const ToolTracePage = z.object({
  calls: z.array(ToolTrace),
  nextCursor: z.string().nullable(),
  totals: ToolTotals,
});
export type ToolTracePage = z.infer<typeof ToolTracePage>;

export const ToolTraceQuery = z.object({
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "a page's nextCursor")
    .optional(),
  turn: z.coerce.number().int().positive().optional(),
  tool: z.string().min(1).max(200).optional(),
  outcome: z
    .enum([...ToolOutcome.options, 'open'])
    .optional()
    .describe('`open`: calls that run or wait.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many entries a page has at most.'),
});
