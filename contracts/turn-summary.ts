import { z } from 'zod';
import { CacheTotals } from './cache.ts';
import { TurnStatus } from './events.ts';

/** What lost workers did not cost: calls that had ended before, and were not made again. */
export const Survived = z.object({
  /** Times that a worker was lost in the middle of the work. */
  crashes: z.int().nonnegative(),
  /** Requests and tool calls that had ended before. */
  kept: z.int().nonnegative(),
  /** What the kept requests had cost, in US dollars; null where no price is known. */
  saved: z.number().nonnegative().nullable(),
});
export type Survived = z.infer<typeof Survived>;

/** Of all sessions of a run. */
export const RunSurvived = Survived.extend({
  /** What was cut off, the newest 1,000 by their begin. */
  lost: z.array(
    z.object({
      /** The step, item or call, as nodes are named. */
      node: z.string(),
      startedAt: z.iso.datetime(),
      endedAt: z.iso.datetime(),
    }),
  ),
});
export type RunSurvived = z.infer<typeof RunSurvived>;

/** One turn in one line. Tokens and cost are of requests that were answered. */
export const TurnSummary = Survived.extend({
  turn: z.int().positive(),
  status: TurnStatus,
  /** Of an end that is not `completed`. */
  code: z.string().nullable(),
  startedAt: z.iso.datetime(),
  /** Null while it runs. */
  durationMs: z.number().nonnegative().nullable(),
  /** How the message begins; empty where nothing was said. */
  said: z.string(),
  models: z.array(z.string()),
  requests: z.int().nonnegative(),
  /** Tool calls, each once, however often it was begun. */
  tools: z.int().nonnegative(),
  input: z.int().nonnegative(),
  output: z.int().nonnegative(),
  cacheRead: z.int().nonnegative(),
  cost: z.number().nonnegative().nullable(),
  segments: CacheTotals.shape.session,
});
export type TurnSummary = z.infer<typeof TurnSummary>;

export const TurnSummaryPage = z.object({
  /** The newest first. */
  turns: z.array(TurnSummary),
  nextCursor: z.string().nullable(),
  /** Of the whole session. */
  totals: Survived.extend({
    turns: z.int().nonnegative(),
    input: z.int().nonnegative(),
    cacheRead: z.int().nonnegative(),
  }),
});
export type TurnSummaryPage = z.infer<typeof TurnSummaryPage>;

export const TurnSummaryQuery = z.object({
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "a page's nextCursor")
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
