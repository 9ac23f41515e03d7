import { expect, test } from 'vitest';
import type { Span } from '../../../contracts/api.ts';
import {
  detailOf,
  errorOf,
  filtered,
  latencyOf,
  liveBars,
  logOf,
  moved,
  placeIn,
  rowsOf,
  type TraceFilter,
  ticksOf,
  wholeOf,
  zoomed,
} from './waterfall.ts';

const begin = Date.UTC(2026, 0, 1);
const at = (ms: number): string => new Date(begin + ms).toISOString();
const span = (
  turn: number,
  step: number,
  call: number | null,
  from: number,
  to: number,
  more: Partial<Span> = {},
): Span => ({
  id: `${turn}/${step}/${call}`,
  turn,
  step,
  call,
  kind: call === null ? 'model' : 'tool',
  name: call === null ? 'm' : 'read_file',
  attempt: 1,
  status: 'ok',
  startedAt: at(from),
  endedAt: at(to),
  attributes: {},
  ...more,
});
const spans = [span(1, 1, null, 0, 100), span(1, 1, 0, 100, 150), span(2, 1, null, 400, 1000)];

test('turns hold steps, steps their operations; the bar of a group spans what it holds', () => {
  const rows = rowsOf(spans);
  expect(rows.map(({ label, depth }) => `${' '.repeat(depth)}${label}`)).toEqual([
    'Turn 1',
    ' Step 1',
    '  m',
    '  read_file',
    'Turn 2',
    ' Step 1',
    '  m',
  ]);
  expect(rows[0]).toMatchObject({ from: begin, to: begin + 150 });
  expect(rowsOf(spans.slice(0, 2)).map(({ label }) => label)).toEqual(['Step 1', 'm', 'read_file']);
  expect(rowsOf(spans, ' READ ').map(({ label }) => label)).toEqual(['Step 1', 'read_file']);
  expect(logOf(spans).map(({ from }) => from - begin)).toEqual([0, 100, 400]);
});

test('what runs has no end, and its groups have none', () => {
  const live = liveBars([
    { turn: 2, step: 2, call: null, fence: 3, label: 'm', startedAt: at(1000), parts: [] },
    { turn: 2, step: 3, call: null, fence: 1, label: 'unseen', parts: [] },
  ]);
  expect(live).toMatchObject([{ status: 'running', attempt: 3, endedAt: null }]);
  const rows = rowsOf([...spans, ...live]);
  expect(rows.filter(({ to }) => to === null).map(({ label }) => label)).toEqual(['Turn 2', 'Step 2', 'm']);
  expect(wholeOf(rows, begin + 5000)).toEqual({ from: begin, to: begin + 5000 });
});

test('zoom keeps the place under the pointer and stays within the whole; so does panning', () => {
  const whole = { from: 0, to: 1000 };
  expect(zoomed(whole, whole, 0.5, 0.25)).toEqual({ from: 125, to: 625 });
  expect(zoomed({ from: 125, to: 625 }, whole, 100)).toEqual(whole);
  expect(moved({ from: 100, to: 300 }, whole, -3)).toEqual({ from: 0, to: 200 });
  expect(moved({ from: 100, to: 300 }, whole, 30)).toEqual({ from: 800, to: 1000 });
  expect(placeIn({ from: 100, to: 300 }, 0, 50)).toBeNull();
  expect(placeIn({ from: 100, to: 300 }, 200, 900)).toEqual({ left: 0.5, width: 0.5 });
});

test('ticks are round and few', () => {
  expect(ticksOf({ from: begin, to: begin + 1000 }, begin).map(({ ms }) => ms)).toEqual([0, 200, 400, 600, 800, 1000]);
  const many = ticksOf({ from: begin + 12_345, to: begin + 98_765 }, begin).map(({ ms }) => ms);
  expect(many).toEqual([20_000, 40_000, 60_000, 80_000]);
});

test('classes and errors', () => {
  expect([0, 999, 1000, 10_000].map(latencyOf)).toEqual(['fast', 'fast', 'moderate', 'slow']);
  expect(errorOf(span(1, 1, null, 0, 1, { status: 'interrupted' }))).toBe('Worker lost');
  expect(
    errorOf(span(1, 1, null, 0, 1, { status: 'error', attributes: { code: 'model_timeout', message: 'no' } })),
  ).toBe('no');
  expect(errorOf(span(1, 1, null, 0, 1))).toBeNull();
});

test('10,000 spans are 10,000 rows', () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    span(1 + Math.floor(n / 100), 1 + (n % 100), null, n * 10, n * 10 + 9),
  );
  expect(rowsOf(many).filter(({ bar }) => bar).length).toBe(10_000);
});

test('filters leave what they name, and details say what is not in the bar', () => {
  const mixed = [
    span(1, 1, null, 0, 100, { status: 'interrupted' }),
    span(1, 1, null, 200, 900, {
      id: 'again',
      attempt: 2,
      attributes: { timeToFirstTokenMs: 41.6, usage: { cost: 0.0123 } },
    }),
    span(1, 1, 0, 900, 20_000),
    span(1, 2, 0, 900, 950, { status: 'error', attributes: { message: 'no such file' } }),
  ];
  const left = (only: TraceFilter): string[] => filtered(mixed, only).map(({ id }) => id);
  expect(left('all').length).toBe(4);
  expect(left('model')).toEqual(['1/1/null', 'again']);
  expect(left('tool')).toEqual(['1/1/0', '1/2/0']);
  expect(left('slow')).toEqual(['1/1/0']);
  expect(left('failed')).toEqual(['1/2/0']);
  expect(left('lost')).toEqual(['1/1/null', 'again']);
  expect(mixed.map(detailOf)).toEqual([
    'Worker lost · model request',
    'model request · attempt 2 · first token 42 ms · $0.012',
    '',
    'no such file',
  ]);
});
