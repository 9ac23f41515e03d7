import { nearest } from '../contracts/nearest.ts';

export { nearest };

const listedAtMost = 12;

/** Ends a message on an unknown name: the likely one, otherwise all there are when they are few. */
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
