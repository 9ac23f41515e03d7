import { expect, test } from 'vitest';
import { kneeOf, nextProbe, type Probe } from './knee.ts';

/** A machine that is full beyond `capacity` sessions. */
const search = (capacity: number, sizes: readonly number[], most: number): { knee: number; tried: number[] } => {
  const probe = (sessions: number): Probe => ({ sessions, ratio: sessions <= capacity ? 1.02 : 1.5 });
  const probes = sizes.map(probe);
  for (let next = nextProbe(probes, most); next !== null; next = nextProbe(probes, most)) probes.push(probe(next));
  return { knee: kneeOf(probes), tried: probes.slice(sizes.length).map(({ sessions }) => sessions) };
};

test('finds the knee between two sizes to a tenth', () => {
  for (const capacity of [1, 2, 24, 31, 73, 99]) {
    const { knee, tried } = search(capacity, [1, 25, 50, 100], 400);
    expect(knee).toBeLessThanOrEqual(capacity);
    expect(knee).toBeGreaterThanOrEqual(capacity - Math.max(1, capacity / 10));
    expect(tried.length).toBeLessThanOrEqual(5);
  }
});

test('goes beyond the largest size, and no further than it may', () => {
  expect(search(1000, [1, 25, 50, 100], 400)).toEqual({ knee: 400, tried: [200, 400] });
  expect(search(150, [1, 100], 400).tried.slice(0, 3)).toEqual([200, 150, 175]);
});

test('a size that fails between two that hold ends the knee', () => {
  const probes = [
    { sessions: 1, ratio: 1 },
    { sessions: 25, ratio: 1.2 },
    { sessions: 50, ratio: 1 },
  ];
  expect(kneeOf(probes)).toBe(1);
  expect(nextProbe(probes, 400)).toBe(13);
});
