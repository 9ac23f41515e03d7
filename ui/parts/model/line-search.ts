import type { LineIndex } from './lines.ts';

/** Lines that hold some text, found in slices so that no slice holds up the page. */
export type LineSearch = { query: string; found: number[]; next: number; done: boolean };

/** More matches are not collected: nobody steps through them. */
const maxFound = 10_000;

export const startSearch = (query: string): LineSearch => ({
  query: query.toLowerCase(),
  found: [],
  next: 0,
  done: query === '',
});

/** Looks at lines with up to `budget` more characters. Changes and returns `search`. */
export const growSearch = (search: LineSearch, index: LineIndex, budget: number): LineSearch => {
  const { text, starts, count } = index;
  // Where the last line ends is known when all are.
  const last = index.done ? count : count - 1;
  let left = budget;
  while (search.next < last && left > 0) {
    const from = starts[search.next] ?? 0;
    const to = search.next + 1 < count ? (starts[search.next + 1] ?? text.length) : text.length;
    if (text.slice(from, to).toLowerCase().includes(search.query)) search.found.push(search.next);
    if (search.found.length >= maxFound) break;
    left -= to - from + 1;
    search.next += 1;
  }
  search.done = (index.done && search.next >= last) || search.found.length >= maxFound;
  return search;
};

/** Where `query` is in a line, by characters; a line whose lower case has another length is not taken apart. */
export const placesIn = (line: string, query: string): [number, number][] => {
  const lower = line.toLowerCase();
  if (query === '' || lower.length !== line.length) return [];
  const places: [number, number][] = [];
  for (let at = lower.indexOf(query); at !== -1; at = lower.indexOf(query, at + query.length))
    places.push([at, at + query.length]);
  return places;
};
