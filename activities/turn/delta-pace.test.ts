import { expect, test } from 'vitest';
import { createPace } from './delta-pace.ts';

const many = 50;
const afterWrites = (pace: ReturnType<typeof createPace>, count: number, ms: number): number => {
  for (let index = 0; index < count; index++) pace.wrote(ms);
  return pace.tickMs(many);
};

test('quick writes: 30 ms between ticks, 5 ms or little more before a first one', () => {
  const pace = createPace();
  expect(afterWrites(pace, 20, 2)).toBe(30);
  expect(pace.firstMs(many)).toBeLessThan(10);
});

test('slow writes lengthen the tick step by step, 150 ms at most', () => {
  const pace = createPace();
  const ticks = Array.from({ length: 30 }, () => afterWrites(pace, 1, 15));
  expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
  expect(ticks.at(-1)).toBeGreaterThan(100);
  expect(afterWrites(pace, 100, 60_000)).toBe(150);
});

test('one slow write among quick ones changes little', () => {
  const pace = createPace();
  afterWrites(pace, 20, 3);
  expect(afterWrites(pace, 1, 15)).toBeLessThan(50);
});

test('a write of the longest kind, Postgres away for a minute, is forgotten after six quick ones', () => {
  const pace = createPace();
  afterWrites(pace, 50, 60_000);
  expect(afterWrites(pace, 6, 2)).toBeLessThan(40);
});

test('few live streams are never slowed down', () => {
  const pace = createPace();
  afterWrites(pace, 50, 1000);
  expect([1, 4, 5].map((live) => pace.tickMs(live))).toEqual([30, 30, 150]);
});
