/**
 * What the page and its text worker exchange. The worker has no document: it hands over HTML without scripts, styles or
 * addresses of its own, and the page sanitises it all the same.
 */

/** Colours of a text: triples of start, end and group (an index of `groups`), in order and without overlaps. */
export type Marks = Uint32Array;

/** Code within other blocks, and formulas, are drawn by the page: each replaces the element with its number. */
export type Part =
  | { kind: 'code'; language: string; marks: Marks | null }
  /** `html` is null where the formula is shown as its source, with the reason. */
  | { kind: 'math'; html: string | null; reason: string };

export type TextBlock =
  | { kind: 'html'; html: string; parts: Part[] }
  | { kind: 'code'; language: string; text: string; marks: Marks | null }
  /** Each of `bodies` is a table of its own with up to `bodyRows` rows, so that few of them need to be drawn. */
  | { kind: 'table'; head: string; bodies: string[]; rows: number; parts: Part[] }
  | { kind: 'plain'; text: string; reason: string };

/** What later parts of a growing text need to know of earlier ones. */
export type TextContext = {
  links: ReadonlyMap<string, Link>;
  /** Footnotes by label, and the labels in the order of their numbers. */
  notes: ReadonlyMap<string, string>;
  numbered: readonly string[];
};

export type Link = { href: string; title: string | null | undefined };

export const emptyContext: TextContext = { links: new Map(), notes: new Map(), numbered: [] };

export type FormatRequest = {
  kind: 'format';
  /** What follows the settled part. */
  text: string;
  /** More text may follow. */
  isGrowing: boolean;
  context: TextContext;
  /** Off where colours took too long. */
  colours: boolean;
};

export type FormatReply = {
  blocks: TextBlock[];
  /** The first so many blocks and characters stay as they are, whatever follows. */
  settledBlocks: number;
  settledLength: number;
  context: TextContext;
};

/** A stretch of equal lines, or of changed ones. Lines count from 0. */
export type Run = { kind: 'same' | 'removed' | 'added'; old: number; new: number; count: number };

/** `path` is the file's: it says which language the texts are in. */
export type CompareRequest = { kind: 'compare'; from: string; to: string; path: string; colours: boolean };

export type CompareReply = {
  /** Packed: `unpackRuns` reads them. */
  runs: Uint32Array;
  added: number;
  removed: number;
  /** Where each line begins. */
  oldStarts: Uint32Array;
  newStarts: Uint32Array;
  oldMarks: Marks | null;
  newMarks: Marks | null;
};

export type HighlightRequest = { kind: 'highlight'; text: string; language: string };

export type WorkRequest = FormatRequest | CompareRequest | HighlightRequest;
export type WorkReply<R extends WorkRequest> = R extends FormatRequest
  ? FormatReply
  : R extends CompareRequest
    ? CompareReply
    : Marks | null;
