import fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionsOf, whyPlain } from './formattable.ts';

test.each([
  ['>', '>'.repeat(50_000)],
  ['> in 5,000 levels', '> '.repeat(5000)],
  ['lists in 5,000 levels', `${'- '.repeat(5000)}x`],
  ['numbered lists', '1. '.repeat(5000)],
  ['lists by indentation', Array.from({ length: 500 }, (_, n) => `${' '.repeat(n * 2)}- x`).join('\n')],
  ['emphasis that never ends', '*a_'.repeat(15_000)],
  ['emphasis over many lines', '*a_ b\n'.repeat(5000)],
  ['one line of 190,000 characters', 'word '.repeat(38_000)],
  ['a table of 20,000 rows', `|a|b|\n|-|-|\n${'|x|y|\n'.repeat(20_000)}`],
  ['quotes in quotes over lines', Array.from({ length: 500 }, (_, n) => `${'>'.repeat(n)} x`).join('\n')],
  ['100,000 lines', 'x\n'.repeat(100_000)],
  ['a word of 60,000 letters before a sign', `${'a.'.repeat(30_000)}@`],
])('%s is shown as it is', (_name, text) => {
  expect(whyPlain(text) ?? regionsOf(text)[0]?.reason ?? null).not.toBeNull();
});

test.each([
  [
    'a report',
    `# Title\n\n${'Some **bold** and _soft_ words, `code`.\n\n- item\n  - inner\n\n> quoted\n\n'.repeat(500)}`,
  ],
  ['long lines of code', `\`\`\`json\n${'{"a":1},'.repeat(10_000)}\n\`\`\`\n\ntext`],
  ['a ruler', `a\n\n${'-'.repeat(300)}\n\nb`],
  ['a long list', Array.from({ length: 3000 }, (_, at) => `${at + 1}. item *${at}*`).join('\n')],
  ['a table', `|a|b|\n${'|-'.repeat(2)}|\n${'|*x*|y|\n'.repeat(300)}`],
])('%s is formatted', (_name, text) => {
  expect(whyPlain(text)).toBeNull();
  expect(regionsOf(text)).toEqual([{ text, reason: null }]);
});

test('a part that is not formatted leaves the rest as it is', () => {
  const text = `# Title\n\n${'>'.repeat(50_000)}\n\n- item\n`;
  expect(regionsOf(text).map(({ text: part, reason }) => [part.length, reason === null])).toEqual([
    [9, true],
    [50_002, false],
    [7, true],
  ]);
});

test('the parts are the text', () => {
  const line = fc.constantFrom('', 'word', '```', '~~~', '- item', '>'.repeat(300), '|a|b|', '    code', '\t');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const text = lines.join('\n');
      expect(
        regionsOf(text)
          .map((region) => region.text)
          .join(''),
      ).toBe(text);
    }),
  );
});
