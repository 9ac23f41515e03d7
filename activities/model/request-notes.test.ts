import { expect, test } from 'vitest';
import { noUsage } from '../../contracts/usage.ts';
import { addUsageBody } from '../../contracts/usage-chunk.ts';
import { countUsage, estimateTokens } from './estimate.ts';
import { createRequestNotes } from './request-notes.ts';

const usage = (input: number) => ({ input, output: 1, cacheRead: 0, cacheWrite: 0, reasoning: 0, cost: null });
const note = (messages: number) => ({ messages, tokens: messages * 10, model: 'm', key: 'k' });

test('each usage belongs to the oldest note without one, in order', () => {
  const notes = createRequestNotes();
  notes.note({ ...note(1), purpose: 'compaction' });
  notes.note(note(2));
  notes.report(usage(11));
  notes.report(usage(22));
  expect(notes.drain()).toEqual([
    {
      kind: 'usage',
      model: 'm',
      key: 'k',
      noted: { messages: 1, tokens: 10 },
      usage: usage(11),
      purpose: 'compaction',
    },
    { kind: 'usage', model: 'm', key: 'k', noted: { messages: 2, tokens: 20 }, usage: usage(22) },
  ]);
  expect(notes.drain()).toEqual([]);
});

test('usage that nothing was noted for is dropped and counted, once', () => {
  const notes = createRequestNotes();
  notes.report(usage(99));
  notes.note(note(1));
  notes.report(usage(5));
  notes.report(usage(99));
  const [first, ...rest] = notes.drain();
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ usage: { input: 5 }, dropped: 2 });
  notes.note(note(2));
  notes.report(usage(6));
  expect(notes.drain()[0]).not.toHaveProperty('dropped');
});

test('what was dropped before the first pair is not forgotten', () => {
  const notes = createRequestNotes();
  notes.report(usage(99));
  expect(notes.drain()).toEqual([]);
  notes.note(note(1));
  notes.report(usage(1));
  expect(notes.drain()[0]?.dropped).toBe(1);
});

test('a request that failed takes its note with it: the next usage is that of the next request', () => {
  const notes = createRequestNotes();
  notes.note(note(1));
  notes.forget();
  notes.note(note(2));
  notes.report(usage(2));
  expect(notes.drain()).toMatchObject([{ noted: { messages: 2 }, usage: { input: 2 } }]);
});

test('pairs are read without being taken', () => {
  const notes = createRequestNotes();
  notes.note(note(1));
  notes.report(usage(1));
  expect(notes.pairs()).toEqual(notes.pairs());
  expect(notes.pairs()).toHaveLength(1);
  expect(notes.drain()).toHaveLength(1);
  expect(notes.pairs()).toHaveLength(0);
});

const asked = { inputTokens: 100, bodies: [{ kind: 'text', role: 'assistant', text: 'four words are here' }] as const };

test.each([
  ['nothing', null],
  ['zero tokens', { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, cost: 0 }],
])('a provider that reports %s: an estimate, marked as one', (_what, reported) => {
  const counted = countUsage(reported, { ...asked, price: { input: 10_000, output: 20_000 } });
  expect(counted).toEqual({
    input: 100,
    output: 5,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
    cost: 1.1,
    isEstimated: true,
  });
  expect(addUsageBody(noUsage, { kind: 'usage', model: 'm', usage: counted })).toMatchObject({
    requests: 1,
    estimated: 1,
    unpriced: 0,
  });
});

test('a prompt of zero tokens is estimated; the count of the reply stands', () => {
  const reported = { input: 0, output: 40, cacheRead: 0, cacheWrite: 0, reasoning: 30, cost: null };
  expect(countUsage(reported, { ...asked, price: { input: 10_000, output: 20_000 } })).toMatchObject({
    input: 100,
    output: 40,
    reasoning: 30,
    cost: 1.8,
    isEstimated: true,
  });
});

test('what is reported stands; its cost is unknown without a price', () => {
  expect(countUsage(usage(7), asked)).toEqual(usage(7));
  const totals = addUsageBody(noUsage, { kind: 'usage', model: 'm', usage: usage(7) });
  expect(totals).toMatchObject({ cost: null, unpriced: 1, estimated: 0, last: { input: 7, output: 1 } });
});

test('an estimate counts letters of all scripts', () => {
  expect(estimateTokens('a'.repeat(400))).toBe(100);
  expect(estimateTokens('漢'.repeat(400))).toBe(300);
  expect(estimateTokens([{ role: 'user', content: 'a'.repeat(400) }])).toBeGreaterThan(100);
});
