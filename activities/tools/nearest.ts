import { distance } from 'fastest-levenshtein';

/** At most three candidates most like `name`, best first; by edits, whatever the case, one inside the other counting for more. `farthest`: from 0, the same, to 1, nothing in common. */
export const nearest = (name: string, candidates: readonly string[], farthest = Number.POSITIVE_INFINITY): string[] => {
  const wanted = name.slice(0, 100).toLowerCase();
  const rank = (candidate: string): number => {
    const other = candidate.slice(0, 100).toLowerCase();
    const contained = wanted.length > 2 && (other.includes(wanted) || wanted.includes(other)) ? 0.5 : 1;
    return (distance(wanted, other) * contained) / Math.max(wanted.length, other.length, 1);
  };
  return candidates
    .map((candidate) => ({ candidate, rank: rank(candidate) }))
    .filter(({ rank }) => rank <= farthest)
    .toSorted((a, b) => a.rank - b.rank || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
};
