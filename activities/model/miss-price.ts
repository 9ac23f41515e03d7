import type { Price } from '../../contracts/price.ts';

/**
 * US dollars for a million tokens of a prompt of this length that are read again where a cache would have served them. Null:
 * nobody knows.
 */
export const missPrice = (price: Price | undefined, input: number): number | null => {
  if (!price) return null;
  const rates = price.above && input > price.above.tokens ? price.above : price;
  return Math.max(0, rates.input - (rates.cacheRead ?? rates.input));
};
