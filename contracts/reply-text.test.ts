import { describe, expect, test } from 'vitest';
import type { ChunkBody, PlacedChunk } from './chunks.ts';
import { replyText } from './reply-text.ts';

const text = (words: string): ChunkBody => ({ kind: 'text', role: 'assistant', text: words });
const notice = (code: string): ChunkBody => ({ kind: 'system', label: 'notice', text: 'It was', code });
const asked = (code: string): ChunkBody => ({ ...notice(code), isSaid: true }) as ChunkBody;
const call: ChunkBody = { kind: 'tool_call', callId: 'c', tool: 't', arguments: '{}' };
const cut = notice('model_reply_cut');

const textOf = (steps: ChunkBody[][]): string =>
  replyText(
    steps.flatMap((bodies, index) =>
      bodies.map(
        (body, ordinal): PlacedChunk => ({ seq: index * 100 + ordinal + 1, turn: 1, step: index + 1, ordinal, body }),
      ),
    ),
  );

describe('the text that a turn ended with', () => {
  test.each<[string, ChunkBody[][], string]>([
    ['is that of the last step', [[text('I look.'), call], [text('Done.')]], 'Done.'],
    ['is empty where that has none', [[text('I look.'), call]].concat([[{ kind: 'thinking', text: 'hm' }]]), ''],
    ['is nothing where no step is', [], ''],
    [
      'has all pieces of a reply that was cut',
      [[text('The lock'), cut], [asked('model_reply_cut'), text(' is'), cut], [text(' taken.')]],
      'The lock is taken.',
    ],
    [
      'and those before an empty one',
      [[text('The lock'), cut], [notice('model_reply_empty')], [text(' is taken.')]],
      'The lock is taken.',
    ],
    ['but none of before a call', [[text('I write'), call, cut], [text('Wri'), cut], [text('tten.')]], 'Written.'],
    ['nor of an earlier reply', [[text('A'), cut], [text('B'), call], [text('C')]], 'C'],
  ])('%s', (_, steps, expected) => expect(textOf(steps)).toBe(expected));
});
