import type { Diff } from './hunks.ts';
import { linesOf } from './lines.ts';

/** Where lines are in others: every place. */
const placesOf = (lines: readonly string[], wanted: readonly string[]): number[] => {
  const [first] = wanted;
  if (first === undefined) return [];
  const found: number[] = [];
  for (let at = lines.indexOf(first); at >= 0; at = lines.indexOf(first, at + 1)) {
    if (wanted.every((line, index) => lines[at + index] === line)) found.push(at);
  }
  return found;
};

/**
 * Makes the same changes in another text: each hunk, with the lines around it, must be there exactly once and in order.
 * Null where one is not.
 */
export const rebased = ({ before, after, hunks }: Diff, current: string): string | null => {
  const lines = linesOf(current);
  const pieces: string[] = [];
  let at = 0;
  for (const { old, new: fresh } of hunks) {
    const places = placesOf(lines, before.slice(old.from, old.to));
    const [place] = places;
    if (place === undefined || places.length > 1 || place < at) return null;
    pieces.push(...lines.slice(at, place), ...after.slice(fresh.from, fresh.to));
    at = place + old.to - old.from;
  }
  return [...pieces, ...lines.slice(at)].join('');
};
