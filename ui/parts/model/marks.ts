import type { Marks } from './text-blocks.ts';

/** The marks of `from` to `to`, cut at both ends: start, end, group. */
export function* marksWithin(marks: Marks | null, from: number, to: number): Generator<[number, number, number]> {
  if (!marks) return;
  let low = 0;
  let high = marks.length / 3;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle * 3 + 1] ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  for (let at = low * 3; at < marks.length && (marks[at] ?? 0) < to; at += 3) {
    yield [Math.max(from, marks[at] ?? 0), Math.min(to, marks[at + 1] ?? 0), marks[at + 2] ?? 0];
  }
}
