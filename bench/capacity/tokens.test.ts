import { expect, test } from 'vitest';
import type { SessionEvent } from '../../contracts/events.ts';
import { countTokens, createTokenReader } from './tokens.ts';

const reply = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => (from + index === 0 ? 'sent=1.5 ' : `word ${from + index} `)).join(
    '',
  );

const delta = (text: string, fence = 1): SessionEvent => ({
  type: 'delta',
  turn: 1,
  step: 2,
  fence,
  parts: [{ ordinal: 0, kind: 'text', text }],
});

const sealed = (text: string): SessionEvent => ({
  type: 'step.sealed',
  turn: 1,
  step: 2,
  chunks: [
    {
      seq: 1,
      turn: 1,
      step: 2,
      ordinal: 0,
      at: '2026-01-01T00:00:00Z',
      body: { kind: 'text', role: 'assistant', text },
    },
  ],
});

const read = (events: SessionEvent[]) => {
  const reader = createTokenReader();
  for (const event of events) reader.onEvent(event);
  return reader.take();
};

test('counts tokens up to the first gap', () => {
  expect(countTokens(reply(0, 100))).toBe(100);
  expect(countTokens(reply(0, 40) + reply(41, 100))).toBe(40);
  expect(countTokens(reply(1, 100))).toBe(0);
});

test('a token that no event brought is missing', () => {
  expect(read([delta(reply(0, 10)), delta(reply(11, 20))])).toMatchObject({ received: 10, streamed: 10 });
});

test('a slow reader gets the end of the reply with the finished step', () => {
  expect(read([delta(reply(0, 90)), sealed(reply(0, 100))])).toMatchObject({ received: 100, streamed: 90 });
});

test('a later attempt replaces what an earlier one streamed', () => {
  const events = [delta(reply(0, 50), 1), delta(reply(0, 30), 2), delta(reply(50, 60), 1), delta(reply(30, 100), 2)];
  expect(read(events)).toMatchObject({ received: 100, streamed: 100 });
});
