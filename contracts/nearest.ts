import { distance } from 'fastest-levenshtein';

const maxEdits = (length: number): number => (length < 2 ? 0 : Math.max(1, Math.floor(length * 0.4)));

/** At most three names that `name` may be a slip of, best first. */
export const nearest = (name: string, candidates: Iterable<string>): string[] => {
  const wanted = name.slice(0, 100).toLowerCase();
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.slice(0, 100).toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= maxEdits(Math.max(name.length, candidate.length)))
    .toSorted((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
};
