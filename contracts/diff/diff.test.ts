import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsOf, diffOf, withHunks } from './hunks.ts';
import { rebased } from './rebase.ts';
import { unified, unifiedBinary } from './unified.ts';

const line = fc.constantFrom('a\n', 'b\n', 'c\n', '}\n', '\n', 'x y\r\n', 'é\n');
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom('', 'end'))
  .map(([lines, end]) => [...lines, end].join(''));

const all = ({ hunks }: ReturnType<typeof diffOf>) => new Set(hunks.keys());
const names = { from: 'f', to: 'f' };

describe('a diff', () => {
  test('with all of its hunks gives the new text, with none the old one', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = diffOf(before, after);
        expect(withHunks(diff, all(diff))).toBe(after);
        expect(withHunks(diff, new Set())).toBe(before);
        expect(diff.hunks.length === 0).toBe(before === after);
      }),
    );
  });

  test('is one that other programs apply', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applyPatch(before, unified(names, diffOf(before, after)), { autoConvertLineEndings: false })).toBe(
          after,
        );
      }),
    );
  });

  test('made again in the same text gives the same', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const again = rebased(diffOf(before, after), before);
        // Lines that are there more than once are not guessed at.
        if (again !== null) expect(again).toBe(after);
      }),
    );
  });

  test('some of its hunks alone', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    const after = lines.with(2, 'two\n').with(15, 'fifteen\n').with(28, 'last\n');
    const diff = diffOf(lines.join(''), after.join(''));
    expect(diff.hunks).toHaveLength(3);
    expect(countsOf(diff)).toEqual({ added: 3, removed: 3 });
    expect(withHunks(diff, new Set([0, 2]))).toBe(lines.with(2, 'two\n').with(28, 'last\n').join(''));
  });

  test('shows three lines around, and joins changes that are near', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`);
    const diff = diffOf(lines.join(''), lines.with(5, 'five\n').with(9, 'nine\n').join(''));
    expect(unified(names, diff)).toBe(
      '--- a/f\n+++ b/f\n@@ -3,11 +3,11 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n-9\n+nine\n 10\n 11\n 12\n',
    );
  });

  test('says where a text has no end of line, and what is made and removed', () => {
    expect(unified({ from: null, to: 'b' }, diffOf('', 'x'))).toBe(
      '--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n',
    );
    expect(unified({ from: 'a b', to: null }, diffOf('x\n', ''))).toBe('--- a/a b\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n');
    expect(unified({ from: 'a', to: 'b' }, diffOf('', ''))).toBe('rename from a\nrename to b\n--- a/a\n+++ b/b\n');
  });

  test('no name breaks its lines', () => {
    expect(unifiedBinary({ from: 'a\n+++ b/etc/passwd', to: '"' })).toBe(
      'rename from "a\\n+++ b/etc/passwd"\nrename to "\\""\n--- "a/a\\n+++ b/etc/passwd"\n+++ "b/\\""\nBinary files differ\n',
    );
  });

  test('of texts without a landmark is bounded by their lines, and then coarse', () => {
    const before = Array.from({ length: 60_000 }, (_, index) => (index % 2 === 0 ? '}\n' : '{\n')).join('');
    const after = Array.from({ length: 60_000 }, (_, index) => (index % 3 === 0 ? '}\n' : '{\n')).join('');
    const diff = diffOf(before, after);
    expect(withHunks(diff, all(diff))).toBe(after);
    expect(diff.hunks.length).toBeLessThan(5);
  });
});

describe('made again in another text', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`);
  const diff = diffOf(lines.join(''), lines.with(10, 'ten\n').join(''));

  test('at another place', () => {
    expect(rebased(diff, ['new\n', ...lines].join(''))).toBe(['new\n', ...lines.with(10, 'ten\n')].join(''));
  });

  test('never where the lines around it differ, or are there twice', () => {
    expect(rebased(diff, lines.with(9, 'nine\n').join(''))).toBeNull();
    expect(rebased(diff, [...lines, ...lines].join(''))).toBeNull();
  });
});
