import { z } from 'zod';

/** Tokens of one request. `input` is the whole prompt, cache reads and writes included; `output` includes reasoning. */
export const Usage = z.object({
  input: z.int().nonnegative(),
  output: z.int().nonnegative(),
  cacheRead: z.int().nonnegative(),
  cacheWrite: z.int().nonnegative(),
  reasoning: z.int().nonnegative(),
  /** In US dollars; null when the model has no price configured. */
  cost: z.number().nonnegative().nullable(),
});
export type Usage = z.infer<typeof Usage>;

/** Sums over a session. `cost` adds the known costs only. */
export const UsageTotals = Usage.extend({ cost: z.number().nonnegative(), requests: z.int().nonnegative() });
export type UsageTotals = z.infer<typeof UsageTotals>;

export const noUsage: UsageTotals = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  cost: 0,
  requests: 0,
};

export const addUsage = (totals: UsageTotals, usage: Usage): UsageTotals => ({
  input: totals.input + usage.input,
  output: totals.output + usage.output,
  cacheRead: totals.cacheRead + usage.cacheRead,
  cacheWrite: totals.cacheWrite + usage.cacheWrite,
  reasoning: totals.reasoning + usage.reasoning,
  cost: totals.cost + (usage.cost ?? 0),
  requests: totals.requests + 1,
});
