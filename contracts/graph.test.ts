import { expect, test } from 'vitest';
import { Flow } from './flow.ts';
import { defaultBranch, toGraph, withoutQuick } from './graph.ts';

const flow = Flow.parse({
  name: 'all-kinds',
  batches: {
    first: { join: 'any', timeout: '30m' },
    two: { join: 2, rest: 'continue', maxConcurrent: 3 },
    every: {},
    items: { join: 'all_settled' },
  },
  steps: [
    { id: 'ask', kind: 'agent', prompt: 'Go', batch: 'first', retries: 2, backoff: '5s' },
    { id: 'quick', kind: 'code', code: 'return 1', batch: 'two' },
    { id: 'long', kind: 'code', code: 'return 1', timeout: 11, batch: 'two' },
    { id: 'person', kind: 'approval', prompt: 'May I?' },
    {
      id: 'way',
      kind: 'switch',
      cases: [
        { when: 'true', steps: ['left', 'both'] },
        { when: 'false', steps: ['right', 'inner'] },
      ],
      default: ['both'],
    },
    { id: 'inner', kind: 'switch', cases: [{ when: 'true', steps: ['both'] }] },
    { id: 'left', kind: 'flow', flow: 'other', batch: 'every' },
    { id: 'right', kind: 'code', code: 'return 1', batch: 'every' },
    { id: 'both', kind: 'code', code: 'return 1', needs: ['first', 'ask'], trigger: 'all_done', onError: 'stop' },
    { id: 'each', kind: 'map', items: '[1]', code: 'return item', join: 3 },
    { id: 'talk', kind: 'map', items: '[1]', prompt: 'Say it', itemTimeout: '20s', batch: 'items' },
    { id: 'runs', kind: 'map', items: '[1]', flow: 'other' },
  ],
});
const graph = toGraph(flow);
const stepOf = (id: string) => graph.steps.find((step) => step.id === id);

test('a group knows its members and what becomes of the rest', () => {
  expect(graph.batches).toEqual([
    {
      name: 'first',
      maxConcurrent: 8,
      join: 'any',
      rest: 'cancel',
      timeoutMs: 1_800_000,
      members: ['ask'],
      ofItems: false,
    },
    {
      name: 'two',
      maxConcurrent: 3,
      join: 2,
      rest: 'continue',
      timeoutMs: null,
      members: ['quick', 'long'],
      ofItems: false,
    },
    {
      name: 'every',
      maxConcurrent: 8,
      join: 'all',
      rest: 'continue',
      timeoutMs: null,
      members: ['left', 'right'],
      ofItems: false,
    },
    {
      name: 'items',
      maxConcurrent: 8,
      join: 'all_settled',
      rest: 'continue',
      timeoutMs: null,
      members: ['talk'],
      ofItems: true,
    },
  ]);
});

test('a step knows every branch that lists it', () => {
  expect(stepOf('both')?.branches).toEqual([
    { switch: 'way', chosen: 0 },
    { switch: 'way', chosen: defaultBranch },
    { switch: 'inner', chosen: 0 },
  ]);
  expect(stepOf('inner')?.branches).toEqual([{ switch: 'way', chosen: 1 }]);
  expect(stepOf('way')?.branches).toEqual([]);
});

test('what a step declares is kept, times in milliseconds', () => {
  expect(stepOf('ask')).toMatchObject({ retries: 2, backoffMs: 5000, timeoutMs: 3_600_000, batch: 'first' });
  expect(stepOf('both')).toMatchObject({ needs: ['first', 'ask'], trigger: 'all_done', onError: 'stop' });
  expect(stepOf('person')).toMatchObject({ timeoutMs: null, batch: null, items: null });
});

test('every step is quick but code that may take more than ten seconds', () => {
  expect(graph.steps.filter(({ isQuick }) => !isQuick).map(({ id }) => id)).toEqual(['long']);
  expect(stepOf('each')?.items?.isQuick).toBe(true);
  expect(stepOf('talk')?.items?.isQuick).toBe(true);
  const { steps } = withoutQuick(graph);
  expect(steps.filter((step) => step.isQuick || step.items?.isQuick)).toEqual([]);
});

test('the items of a map have the limits of its group, or its own', () => {
  expect(stepOf('each')?.items).toMatchObject({
    kind: 'code',
    timeoutMs: 10_000,
    fanOut: { maxConcurrent: 8, join: 3, rest: 'cancel', timeoutMs: null },
  });
  expect(stepOf('talk')?.items).toMatchObject({ kind: 'agent', timeoutMs: 20_000, fanOut: { join: 'all_settled' } });
  expect(stepOf('runs')?.items).toMatchObject({ kind: 'flow', timeoutMs: null, fanOut: { rest: 'continue' } });
});

test('nothing that a user wrote as text is in the graph', () => {
  const texts = ['Go', 'return 1', 'May I?', 'return item', 'Say it'];
  for (const text of texts) expect(JSON.stringify(graph)).not.toContain(text);
});
