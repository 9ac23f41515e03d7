import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonLines } from './json-lines.ts';
import { createThinkTags, splitAtClosing } from './think-tags.ts';

const cutAt = (text: string, places: readonly number[]): string[] => {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...cuts].map((from, index) => text.slice(from, cuts[index] ?? text.length));
};

const joined = (pieces: readonly { kind: string; text: string }[], kind: string): string =>
  pieces
    .filter((piece) => piece.kind === kind)
    .map(({ text }) => text)
    .join('');

const readTags = (pieces: readonly string[]) => {
  const tags = createThinkTags();
  const read = [...pieces.flatMap(tags.add), ...tags.end()];
  return { thinking: joined(read, 'thinking'), text: joined(read, 'text') };
};

describe('thinking inside of content', () => {
  it.each([
    ['<think>hm</think>\n\nso', 'hm', 'so'],
    ['\n <thinking>a < b</thinking>so </think> it is', 'a < b', 'so </think> it is'],
    ['<THINK>hm</THINK>so', 'hm', 'so'],
    ['<think>a</think><think>b</think>so', 'ab', 'so'],
    ['<think>never ends </thin', 'never ends </thin', ''],
    ['<thinks> no', '', '<thinks> no'],
    ['so <think>no</think>', '', 'so <think>no</think>'],
    ['[THINK]hm[/THINK]so', 'hm', 'so'],
    ['[think]no', '', '[think]no'],
    ['</think>\n\nso', '', 'so'],
    ['<|START_THINKING|>hm<|END_THINKING|><|START_TEXT|>so <|x|> it<|END_TEXT|>', 'hm', 'so <|x|> it'],
    ['<|channel>thoughthm<channel|>so', 'hm', 'so'],
    [
      '<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>so <|end|> it is<|return|>',
      'hm',
      'so <|end|> it is',
    ],
    ['<', '', '<'],
    ['', '', ''],
  ])('%j is read alike however it is cut', (content, thinking, text) => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), (places) => {
        expect(readTags(cutAt(content, places))).toEqual({ thinking, text });
      }),
    );
  });

  it('loses nothing of any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(100)), (content, places) => {
        const { thinking, text } = readTags(cutAt(content, places));
        if (thinking === '') expect(text).toBe(content);
      }),
    );
  });

  it.each([
    ['hm\n</think>\n\nso', { thinking: 'hm', text: 'so' }],
    ['hm</think>', { thinking: 'hm', text: '' }],
    ['write `</think>`\nat the end', null],
    ['```\nhm\n</think>\n```', null],
    ['in a </think> line', null],
    ['nothing', null],
  ])('splits %j', (text, split) => {
    expect(splitAtClosing(text)).toEqual(split);
  });
});

describe('JSON in place of a stream', () => {
  const read = (pieces: readonly string[]): unknown[] => {
    const lines = createJsonLines();
    return [...pieces.flatMap(lines.feed), ...lines.end()].map(({ data }) => JSON.parse(data) as unknown);
  };

  it.each([
    ['one document', '{"a":1}', [{ a: 1 }]],
    ['one over many lines', '{\n  "a": {\n    "b": 1\n  }\n}\n', [{ a: { b: 1 } }]],
    ['a list', '[{"a":1},\n{"b":2}]', [{ a: 1 }, { b: 2 }]],
    ['lines', '{"a":1}\n\n{"b":2}\r\n{"c":"\\n"}', [{ a: 1 }, { b: 2 }, { c: '\n' }]],
  ])('%s is read alike however it is cut', (_, text, values) => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), (places) => {
        expect(read(cutAt(text, places))).toEqual(values);
      }),
    );
  });

  it('gives what it cannot read to who reads events', () => {
    const lines = createJsonLines();
    expect([...lines.feed('{"a":\n'), ...lines.end()]).toEqual([{ data: '{"a":' }]);
  });
});
