import { z } from 'zod';
import type { Usage } from './usage.ts';

const rate = z.number().nonnegative();

const Rates = z.strictObject({
  input: rate.describe('Input tokens.'),
  output: rate.describe('Output tokens.'),
  cacheRead: rate.optional().describe('Input tokens that are read from the cache. Default: the price of `input`.'),
  cacheWrite: rate.optional().describe('Input tokens that are written to the cache. Default: the price of `input`.'),
});

/** US dollars for a million tokens. */
export const Price = Rates.extend({
  above: Rates.extend({ tokens: z.int().positive().describe('Input tokens above which these prices apply.') })
    .optional()
    .describe('Other prices for requests whose input is longer than `tokens`.'),
});
export type Price = z.infer<typeof Price>;

type Tokens = Pick<Usage, 'input' | 'output' | 'cacheRead' | 'cacheWrite'>;

/** In US dollars. */
export const costOf = ({ input, output, cacheRead, cacheWrite }: Tokens, price: Price): number => {
  const rates = price.above && input > price.above.tokens ? price.above : price;
  const missed = Math.max(0, input - cacheRead - cacheWrite);
  return (
    (missed * rates.input +
      cacheRead * (rates.cacheRead ?? rates.input) +
      cacheWrite * (rates.cacheWrite ?? rates.input) +
      output * rates.output) /
    1_000_000
  );
};
