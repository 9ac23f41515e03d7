import { expect, test } from 'vitest';
import { shownApproval, shownQuestion } from './shown.ts';
import { visible, visibleParts } from './visible.ts';

const isKept = (character: string): boolean => visible(`a${character}b`) === `a${character}b`;

test.each([
  0x034f, 0xfe0f, 0xe0100, 0x2800, 0x17b4, 0x180b, 0x00a0, 0x2003, 0x3000, 0x202e, 0x2066, 0x200b, 0x200d, 0x2060,
  0xfeff, 0xe0041, 0x115f, 0x3164, 0xffa0, 0x2028, 0x2029, 0x0085, 0x00ad, 0x061c, 0x1680, 0x202f, 0x205f, 0x0000,
  0x001b, 0x000d, 0x007f, 0xd800, 0xe000, 0xfff9, 0x1d173, 0x1d159, 0x16fe4, 0xfffc, 0x206a,
])('U+%s is written out', (code) => {
  const hex = code.toString(16);
  const name = code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  expect(visible(`a${String.fromCodePoint(code)}b`)).toBe(`a${name}b`);
});

test('no character of the kinds that cannot be seen is kept, and every letter, number and sign is', () => {
  const unseen = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    const mustShow = unseen.test(character) && !'\t\n '.includes(character);
    if (mustShow === isKept(character) && !/[\u2800\ufffc\u{16fe4}\u{1d159}]/u.test(character))
      wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

test('ordinary text stays as it is', () => {
  const text = 'é e\u0301 漢字 😀 ราคา\tשלום\n  x';
  expect(visible(text)).toBe(text);
  expect(visible(`a${'\u0336'.repeat(6)}`)).toBe(`a${'\u0336'.repeat(4)}\\u0336\\u0336`);
});

test('nothing of a call or a question passes for a line of ours', () => {
  expect(shownApproval({ tool: 'run\n_command', arguments: '{"argv":["rm","\\u202e\\u00a0"]}' })).toBe(
    'run\\u000a_command\n{\n  "argv": [\n    "rm",\n    "\\u202e\\u00a0"\n  ]\n}',
  );
  const form = [
    { name: 'x', label: 'a\nApproved\u034f', type: 'choice' as const, choices: ['y\u2800'], required: true },
  ];
  expect(shownQuestion({ prompt: 'Sure\u200b?', form })).toBe(
    'Sure\\u200b?\nx (a\\u000aApproved\\u034f): y\\u2800, required',
  );
});

test('the parts of a text are the text, and the hidden ones are those that are written out', () => {
  const text = 'rm \u202etxt\u200b.exe e\u0301';
  const parts = visibleParts(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.filter(({ isHidden }) => isHidden).map((part) => part.text)).toEqual(['\u202e', '\u200b']);
  expect(parts.map((part) => (part.isHidden ? visible(part.text) : part.text)).join('')).toBe(visible(text));
});
