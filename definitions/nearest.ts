import { distance } from 'fastest-levenshtein';

const editsAtMost = (length: number): number => (length < 2 ? 0 : Math.max(1, Math.floor(length * 0.4)));

/** At most three names that `name` may be a slip of, best first. */
export const nearest = (name: string, candidates: Iterable<string>): string[] => {
  const wanted = name.slice(0, 100).toLowerCase();
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.slice(0, 100).toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= editsAtMost(Math.max(name.length, candidate.length)))
    .toSorted((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
};

const listedAtMost = 12;

/** Ends a message on an unknown name: the likely one, else all there are when they are few. */
export const hint = (name: string, candidates: Iterable<string>): string => {
  const all = [...new Set(candidates)].toSorted();
  const [best] = nearest(name, all);
  if (best !== undefined) return `; did you mean ${quote(best)}?`;
  if (all.length === 0) return '; there are none';
  return all.length <= listedAtMost ? `; there are: ${all.join(', ')}` : '';
};

const quotedAtMost = 80;

export const quote = (text: string): string =>
  JSON.stringify(text.length > quotedAtMost ? `${text.slice(0, quotedAtMost)}…` : text);
