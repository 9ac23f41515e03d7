import { nothingFound, type SearchResults } from '../../../contracts/search.ts';

/** Shorter words are looked for in names only. */
export const leastSearched = 2;

/** What was found in conversations for `q`; null: they could not be searched. */
export type Said = { q: string; found: SearchResults | null };

export const nothingSaid: Said = { q: '', found: nothingFound };
