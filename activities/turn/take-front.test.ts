import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeFront } from './take-front.ts';

const joined = (pieces: { text: string }[]): string => pieces.map(({ text }) => text).join('');

test('any limits: each portion is full or the last, all of them are the whole, and no character is torn', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '🙂') }), { maxLength: 20 });
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 2, max: 30 }), { minLength: 1 }), (all, limits) => {
      const pieces = all.map((text) => ({ text }));
      const portions: string[] = [];
      for (let index = 0; pieces.length > 0; index++) {
        const limit = limits[index % limits.length] ?? 2;
        const portion = joined(takeFront(pieces, limit, (piece) => piece));
        expect(portion.length).toBeLessThanOrEqual(limit);
        if (pieces.length > 0) expect(portion.length).toBeGreaterThanOrEqual(limit - 1);
        expect(portion.isWellFormed()).toBe(true);
        portions.push(portion);
      }
      expect(portions.join('')).toBe(all.join(''));
    }),
  );
});

test('the second half of a piece has the fields it is given', () => {
  const pieces = [{ text: 'abcdef', tool: 'x' as string | undefined }];
  expect(takeFront(pieces, 4, ({ text }) => ({ text, tool: undefined }))).toEqual([{ text: 'abcd', tool: 'x' }]);
  expect(pieces).toEqual([{ text: 'ef', tool: undefined }]);
});
