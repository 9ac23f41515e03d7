import { z } from 'zod';

const tokens = z.int().nonnegative();

/** `input` is the whole prompt, cache reads and writes included; `output` includes reasoning. */
const TokenKinds = z.object({ input: tokens, output: tokens, cacheRead: tokens, cacheWrite: tokens });
export type TokenKinds = z.infer<typeof TokenKinds>;

/** Tokens of one request. */
export const Usage = TokenKinds.extend({
  reasoning: tokens,
  /** In US dollars; null if the price of the model is unknown. */
  cost: z.number().nonnegative().nullable(),
  /** The provider reported nothing: counted from the lengths of request and reply. */
  isEstimated: z.literal(true).optional(),
});
export type Usage = z.infer<typeof Usage>;

/** Sums over requests. */
export const UsageTotals = TokenKinds.extend({
  reasoning: tokens,
  /** Of the requests whose cost is known; null if there are none. */
  cost: z.number().nonnegative().nullable(),
  requests: z.int().nonnegative(),
  /** How many of the requests are estimates. */
  estimated: z.int().nonnegative().default(0),
  /** How many of the requests have no known cost. */
  unpriced: z.int().nonnegative().default(0),
  /** Reports that belong to no request that was noted. They are in no sum. */
  dropped: z.int().nonnegative().default(0),
  /** The last request of a session; null before the first, and where requests of several sessions are added. */
  last: TokenKinds.nullable().default(null),
});
export type UsageTotals = z.infer<typeof UsageTotals>;

export const noUsage: UsageTotals = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  reasoning: 0,
  cost: null,
  requests: 0,
  estimated: 0,
  unpriced: 0,
  dropped: 0,
  last: null,
};

/** What the requests cost together; null as long as no cost is known. */
export const addCost = (total: number | null, cost: number | null): number | null =>
  total === null ? cost : total + (cost ?? 0);

export const addUsage = (totals: UsageTotals, usage: Usage): UsageTotals => {
  const { input, output, cacheRead, cacheWrite } = usage;
  return {
    input: totals.input + input,
    output: totals.output + output,
    cacheRead: totals.cacheRead + cacheRead,
    cacheWrite: totals.cacheWrite + cacheWrite,
    reasoning: totals.reasoning + usage.reasoning,
    cost: addCost(totals.cost, usage.cost),
    requests: totals.requests + 1,
    estimated: totals.estimated + (usage.isEstimated ? 1 : 0),
    unpriced: totals.unpriced + (usage.cost === null ? 1 : 0),
    dropped: totals.dropped,
    last: { input, output, cacheRead, cacheWrite },
  };
};
