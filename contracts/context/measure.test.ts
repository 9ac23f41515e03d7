import { describe, expect, it } from 'vitest';
import { rateOf, unitsOf } from './measure.ts';

describe('unitsOf', () => {
  it.each(['', 'plain text', 'żółw', '漢字かな', '🐢🐢', 'mixed ż 漢 🐢 \u0000'])(
    'is a quarter of the bytes of "%s"',
    (text) => {
      expect(unitsOf(text)).toBe(Buffer.byteLength(text) / 4);
    },
  );
});

describe('rateOf', () => {
  it.each([
    [null, 1],
    [{ units: 1000, tokens: 1500 }, 1.5],
    [{ units: 1000, tokens: 800 }, 0.8],
    [{ units: 1000, tokens: 3 }, 1],
    [{ units: 0, tokens: 10 }, 1],
    [{ units: 10, tokens: 0 }, 1],
  ])('of %o is %d', (counted, rate) => {
    expect(rateOf(counted)).toBe(rate);
  });
});
