import { describe, expect, test } from 'vitest';
import { compilePattern } from './pattern.ts';

const same: [pattern: string, ...texts: string[]][] = [
  ['^\\p{Letter}+$', 'é', '1'],
  ['^\\p{Script=Greek}$', 'α', 'a'],
  ['^\\P{L}$', '1', 'a'],
  ['^[\\p{Lu}]$', 'A', 'a'],
  ['^\\p{ASCII}*$', 'abc', 'é'],
  ['[^]', '\n'],
  ['^\\u{1F600}$', '😀', 'x'],
  ['^\\uD83D\\uDE00$', '😀', 'x'],
  ['^\\s$', '\u00a0', '\ufeff', ' ', 'a'],
  ['^[\\s]$', '\u2003', 'a'],
  ['^\\S$', '\u00a0', 'a'],
  ['^.$', '\u2028', '\r', '😀', 'a'],
  ['[.]', '.', 'a'],
  ['^[\\b]$', '\b', 'b'],
  ['^(?<year>\\d{4})$', '2024', '٣٣٣٣'],
  ['^a$', 'a', 'a\n'],
  ['^[^\\s@]+@[^\\s@]+$', 'a@b', 'a@b c'],
  ['\\bfoo\\b', 'a foo b', 'afoo'],
  ['^[\\w.+-]+$', 'a.b+c-', 'ä'],
  ['^\\0$', '\0'],
  ['', 'a'],
];

test.each(same)('%s means what JavaScript means by it', (pattern, ...texts) => {
  const { test: matches } = compilePattern(pattern);
  for (const text of texts) expect([text, matches(text)]).toEqual([text, new RegExp(pattern, 'u').test(text)]);
});

describe('what a backtracking engine does not finish', () => {
  test.each([
    ['^(a+)+$', `${'a'.repeat(100_000)}!`],
    ['^(a|a)*$', `${'a'.repeat(100_000)}!`],
    ['^(a|aa)+$', `${'a'.repeat(100_000)}!`],
    ['^([a-zA-Z]+)*$', `${'a'.repeat(100_000)}!`],
    ['(.*)*=', 'x'.repeat(100_000)],
    ['^(\\w+\\s?)*$', `${'word '.repeat(20_000)}!`],
    ['\\s+$', `${' '.repeat(200_000)}x`],
  ])('%s is decided', { timeout: 20_000 }, (pattern, text) => {
    expect(compilePattern(pattern).test(text)).toBe(false);
  });
});

test.each([
  ['(?=a)', /look-ahead and look-behind such as \(\?=…\) are not supported; for several conditions write allOf/],
  ['(?<!a)b', /look-behind/],
  ['(a)\\1', /back references such as \\1 are not supported/],
  ['(?<n>a)\\k<n>', /back references such as \\k/],
  ['a{1001}', /repeat count/],
  ['(', /Unterminated group/],
  ['((((((a{100}){100}){100}){100}){100}){100})', /repeat count/],
  [`${'('.repeat(3000)}${')'.repeat(3000)}`, /nests too deeply/],
  ['a'.repeat(20_000), /20000 characters/],
])('%s is refused with a reason', (pattern, reason) => {
  expect(() => compilePattern(pattern)).toThrow(reason);
});
