import { z } from 'zod';
import type { Usage } from './usage.ts';

const rate = z.number().nonnegative();

const Rates = z.strictObject({
  input: rate,
  output: rate,
  /** Default: that of `input`. */
  cacheRead: rate.optional(),
  /** Default: that of `input`. */
  cacheWrite: rate.optional(),
});

/** US dollars for a million tokens. */
export const Price = Rates.extend({
  /** Prices of the whole request where its input is longer than `tokens`. */
  above: Rates.extend({ tokens: z.int().positive() }).optional(),
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
