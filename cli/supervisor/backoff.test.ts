import { expect, test } from 'vitest';
import { createBackoff } from './backoff.ts';

const policy = { firstMs: 100, growth: 2, maxMs: 500, healthyMs: 30_000, briefMs: 10_000, limit: 5, windowMs: 60_000 };

test('pauses grow to their bound, and the last failure of the window is the end', () => {
  const { failed } = createBackoff(policy);
  expect([0, 1, 2, 3, 4].map((second) => failed(second * 1000, 500))).toEqual([100, 200, 400, 500, null]);
});

test('a process that was healthy for long starts again from the first pause', () => {
  const { failed } = createBackoff(policy);
  failed(0, 0);
  failed(1000, 0);
  expect(failed(40_000, 30_000)).toBe(100);
});

test('a process that is killed again and again, and serves between, is not given up', () => {
  const { failed } = createBackoff(policy);
  const waits = Array.from({ length: 20 }, (_, index) => failed(index * 10_500, 10_000));
  expect(waits).not.toContain(null);
});

test('failures older than the window are forgotten', () => {
  const { failed } = createBackoff(policy);
  const waits = Array.from({ length: 20 }, (_, index) => failed(index * 16_000, 500));
  expect(waits).not.toContain(null);
});
