import type { SearchResult } from '../contracts/search.ts';

type Word = { text: string; isPrefix: boolean };
type Match = { from: number; to: number; word: Word };
type Piece = SearchResult['snippet'][number];

const fragmentLength = 160;
/** Of a fragment: what is shown before its first match. */
const lead = 40;
const maxFragments = 2;
const maxMatches = 50;
/** The longest ending that the stemmer takes off a word. */
const maxEndingLength = 5;
const between = ' … ';

/** Scripts that write no blanks between words; each character is found by itself. */
const unspaced =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const letter = /[\p{L}\p{N}]/u;
const wordAt = /[\p{L}\p{N}\p{M}]+/uy;

/** The words of a query as Postgres prints it, those apart that must not be there. */
const wordsOf = (query: string): Word[] =>
  [...query.matchAll(/'((?:[^']|'')+)'(:\*)?/g)].map(([, text = '', prefix]) => ({
    text: text.replaceAll("''", "'"),
    isPrefix: prefix !== undefined,
  }));

/** The end of the word that begins here and has this stem; -1: another word. */
const endOf = (text: string, at: number, { text: stem, isPrefix }: Word): number => {
  if (unspaced.test(stem)) return at + stem.length;
  if (at > 0 && letter.test(text[at - 1] ?? '')) return -1;
  wordAt.lastIndex = at;
  const length = wordAt.exec(text)?.[0].length ?? 0;
  const isLonger = length > stem.length + maxEndingLength || (length > stem.length && /\d$/.test(stem));
  return length < stem.length || (isLonger && !isPrefix) ? -1 : at + length;
};

/** In small letters, each at its place: some have a small form that is longer. */
const lower = (text: string): string => {
  const all = text.toLowerCase();
  if (all.length === text.length) return all;
  return Array.from(text, (letter) =>
    letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter,
  ).join('');
};

const matchesOf = (text: string, words: readonly Word[]): Match[] => {
  const plain = lower(text);
  const found = words.flatMap((word) => {
    // The stem of `every` is `everi`.
    const stems = word.text.endsWith('i') ? [word.text, `${word.text.slice(0, -1)}y`] : [word.text];
    return stems.flatMap((stem) => {
      const matches: Match[] = [];
      for (
        let from = plain.indexOf(stem);
        from >= 0 && matches.length < maxMatches;
        from = plain.indexOf(stem, from + 1)
      ) {
        const to = endOf(plain, from, { ...word, text: stem });
        if (to > 0) matches.push({ from, to, word });
      }
      return matches;
    });
  });
  let end = 0;
  return found
    .toSorted((a, b) => a.from - b.from || b.to - a.to)
    .filter(({ from, to }) => {
      const isFree = from >= end;
      if (isFree) end = to;
      return isFree;
    });
};

/** Where a fragment may begin and end without cutting a word. */
const bounds = (text: string, first: number): { from: number; to: number } => {
  let from = Math.max(0, first - lead);
  while (from > 0 && from < first && letter.test(text[from - 1] ?? '')) from += 1;
  let to = Math.min(text.length, from + fragmentLength);
  while (to < text.length && to > first + 1 && letter.test(text[to] ?? '')) to -= 1;
  return { from, to: to > first + 1 ? to : Math.min(text.length, from + fragmentLength) };
};

type Fragment = { from: number; to: number; matches: Match[] };

/** Those in which the most words of the query occur, in the order of the text. */
const fragmentsOf = (text: string, matches: readonly Match[]): Fragment[] => {
  const chosen: Fragment[] = [];
  const all = matches.map(({ from: first }) => {
    const { from, to } = bounds(text, first);
    const inside = matches.filter((match) => match.from >= from && match.to <= to);
    return { from, to, matches: inside, score: new Set(inside.map(({ word }) => word)).size };
  });
  for (const fragment of all.toSorted((a, b) => b.score - a.score || a.from - b.from)) {
    if (chosen.length === maxFragments) break;
    if (chosen.every(({ from, to }) => fragment.to <= from || fragment.from >= to)) chosen.push(fragment);
  }
  return chosen.toSorted((a, b) => a.from - b.from);
};

const piecesOf = (text: string, { from, to, matches }: Fragment): Piece[] => {
  const pieces: Piece[] = [];
  let at = from;
  for (const match of matches) {
    pieces.push({ text: text.slice(at, match.from), isMatch: false });
    pieces.push({ text: text.slice(match.from, match.to), isMatch: true });
    at = match.to;
  }
  return [...pieces, { text: text.slice(at, to), isMatch: false }];
};

/** The text around what was found; its beginning where nothing of the query can be seen in it. `query`: a tsquery. */
export const snippetOf = (text: string, query: string): Piece[] => {
  const fragments = fragmentsOf(text, matchesOf(text, wordsOf(query)));
  if (fragments.length === 0) fragments.push({ ...bounds(text, 0), matches: [] });
  return fragments
    .flatMap((fragment, index) => [
      ...(index === 0 ? [] : [{ text: between, isMatch: false }]),
      ...piecesOf(text, fragment),
    ])
    .filter((piece) => piece.text !== '');
};
