import { nearest } from '../contracts/nearest.ts';

export { nearest };

const maxListed = 12;

/** Ends a message on an unknown name: the likely one, otherwise all there are when they are few. */
export const hint = (name: string, candidates: Iterable<string>): string => {
  const all = [...new Set(candidates)].toSorted();
  const [best] = nearest(name, all);
  if (best !== undefined) return `; did you mean ${quote(best)}?`;
  if (all.length === 0) return '; there are none';
  return all.length <= maxListed ? `; there are: ${all.join(', ')}` : '';
};

const maxQuotedLength = 80;

export const quote = (text: string): string =>
  JSON.stringify(text.length > maxQuotedLength ? `${text.slice(0, maxQuotedLength)}…` : text);
