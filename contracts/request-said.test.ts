import { expect, test } from 'vitest';
import type { ChunkBody, PlacedChunk } from './chunks.ts';
import { toRequest } from './request.ts';

const said = (text: string): ChunkBody => ({
  kind: 'system',
  label: 'guard',
  text,
  code: 'calls_repeated',
  isSaid: true,
});
const told = (text: string): ChunkBody => ({ kind: 'system', label: 'notice', text, code: 'model_reply_cut' });

const place = (steps: ChunkBody[][]): PlacedChunk[] =>
  steps
    .flatMap((bodies, step) => bodies.map((body) => ({ turn: 1, step, body })))
    .map((chunk, index) => ({ ...chunk, seq: index + 1, ordinal: index }));

test('the model reads as a message of the user what it was told before its reply, and nothing else the runtime says', () => {
  const user: ChunkBody = { kind: 'text', role: 'user', text: 'go' };
  const reply = (text: string): ChunkBody => ({ kind: 'text', role: 'assistant', text });
  const steps = [[user], [reply('The lock'), told('It was cut')], [said('Go on'), reply(' is taken.')]];
  const messages = toRequest('', place(steps));
  expect(messages).toEqual([
    { role: 'user', content: 'go' },
    { role: 'assistant', content: 'The lock' },
    { role: 'user', content: 'Go on' },
    { role: 'assistant', content: ' is taken.' },
  ]);
  // As it was asked: before there was a reply.
  expect(toRequest('', place([...steps.slice(0, 2), [said('Go on')]]))).toEqual(messages.slice(0, 3));
});
