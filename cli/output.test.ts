import { afterEach, expect, test, vi } from 'vitest';
import { printText, toJson, wordsOfError } from './output.ts';

const hostile = 'a\u001b]52;c;cm0=\u0007\u009b2J\u202eb\u007f\r\nc';
/** What makes a terminal do anything but show. */
const acts = /(?![\t\n])\p{Cc}|[\u202a-\u202e]/u;

afterEach(() => vi.restoreAllMocks());

const printed = (isTTY: boolean, text: string): string => {
  const write = vi.spyOn(process.stdout, 'write').mockClear().mockReturnValue(true);
  const before = process.stdout.isTTY;
  process.stdout.isTTY = isTTY;
  try {
    printText(text);
    return write.mock.calls.map(([part]) => String(part)).join('');
  } finally {
    process.stdout.isTTY = before;
  }
};

test('a text of somebody else does nothing in a terminal, and comes byte for byte to a program', () => {
  expect(printed(true, hostile)).not.toMatch(acts);
  expect(printed(false, hostile)).toBe(hostile);
  expect(wordsOfError(new Error(hostile))).not.toMatch(acts);
});

test('JSON does nothing in a terminal, and says the same', () => {
  const json = toJson({ [hostile]: [hostile] });
  expect(json).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(json)).toEqual({ [hostile]: [hostile] });
});
