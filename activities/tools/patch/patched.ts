import { linesOf } from '../../../contracts/diff/lines.ts';
import { nearestPlace } from '../../changes/nearest-place.ts';
import { failed } from '../failed.ts';
import type { PatchHunk } from './file-patch.ts';

const bare = (line: string): string => line.replace(/\r?\n$/, '');
const endOf = (line: string): string => /\r?\n$/.exec(line)?.[0] ?? '';

const placesOf = (lines: readonly string[], wanted: readonly string[], from: number): number[] => {
  const found: number[] = [];
  for (let at = from; at + wanted.length <= lines.length; at++) {
    if (wanted.every((line, index) => lines[at + index] === line)) found.push(at);
  }
  return found;
};

const listed = (places: readonly number[]): string =>
  `${places
    .slice(0, 5)
    .map((place) => place + 1)
    .join(', ')}${places.length > 5 ? ', …' : ''}`;

type PatchedFile = { lines: readonly string[]; text: string; number: number };

const missing = ({ lines, text, number }: PatchedFile, old: readonly string[], fresh: readonly string[]): Error => {
  const [made] = fresh.some((line) => line.trim() !== '') ? placesOf(lines, fresh, 0) : [];
  if (made !== undefined) {
    return failed(`hunk ${number} is in the file already, at line ${made + 1}: the patch may have been applied before`);
  }
  const near = nearestPlace(text, old.map((line) => `${line}\n`).join(''));
  return failed(
    `hunk ${number} does not apply: its lines are not in the file as they are given${near === undefined ? '; read the file and make the patch again' : `. ${near}`}`,
  );
};

const isAnchor = (line: string, anchor: string): boolean => line.trim() === anchor.trim();

/** The lines after each place where the first anchor is and the others follow it. */
const afterAnchors = (lines: readonly string[], above: readonly string[], from: number): number[] => {
  const [first = '', ...others] = above;
  const begins = lines.flatMap((line, index) => (index >= from && isAnchor(line, first) ? [index + 1] : []));
  return begins.flatMap((begin) => {
    let at = begin;
    for (const anchor of others) {
      const next = lines.findIndex((line, index) => index >= at && isAnchor(line, anchor));
      if (next < 0) return [];
      at = next + 1;
    }
    return [at];
  });
};

const severalAnchors = (number: number, [first]: readonly string[], places: readonly number[]): Error =>
  failed(
    `hunk ${number} fits after several lines ${JSON.stringify(first)}, at lines ${listed(places)}: give more lines around the change, or one more "@@" line above it`,
  );

/** Where a hunk belongs: at the line that it says, or at the only place that has its lines. Never a guess. */
const placeOf = (file: PatchedFile, hunk: PatchHunk, from: number): number => {
  const { lines, number } = file;
  const { at: line, above } = hunk;
  const old = hunk.lines.flatMap(({ mark, text }) => (mark === '+' ? [] : [text]));
  const fresh = hunk.lines.flatMap(({ mark, text }) => (mark === '-' ? [] : [text]));
  const starts = above.length === 0 ? [from] : afterAnchors(lines, above, from);
  const [start] = starts;
  if (start === undefined) {
    const lost = above.find((anchor) => !lines.some((one, index) => index >= from && isAnchor(one, anchor)));
    throw failed(
      `hunk ${number} does not apply: ${JSON.stringify(lost ?? above.at(-1))}, the line after its "@@", is not in the file`,
    );
  }
  if (hunk.isAtEnd) {
    const place = lines.length - old.length;
    if (place < from || !old.every((text, index) => lines[place + index] === text)) throw missing(file, old, fresh);
    return place;
  }
  if (old.length === 0) {
    if (starts.length > 1) throw severalAnchors(number, above, starts);
    if (above.length > 0) return start;
    if (line !== null && line - 1 <= lines.length) return line - 1;
    if (lines.length === 0) return 0;
    throw failed(`hunk ${number} only adds lines and does not say where: give the lines around them`);
  }
  const places = placesOf(lines, old, start);
  const stated = line === null ? undefined : line - 1;
  if (stated !== undefined && places.includes(stated)) return stated;
  const [place] = places;
  if (place === undefined) throw missing(file, old, fresh);
  if (places.length > 1 && above.length === 0) {
    throw failed(
      `hunk ${number} fits in ${places.length} places, at lines ${listed(places)}: give more lines around the change`,
    );
  }
  const reached = [...new Set(starts.flatMap((one) => placesOf(lines, old, one)[0] ?? []))];
  if (reached.length > 1) throw severalAnchors(number, above, reached);
  return place;
};

/** A text with the hunks of a patch applied: what is kept of it stays byte for byte, line ends too. */
export const patched = (text: string, hunks: readonly PatchHunk[]): string => {
  // No reader of a file sees its byte order mark.
  if (text.startsWith('\uFEFF')) return `\uFEFF${patched(text.slice(1), hunks)}`;
  const raw = linesOf(text);
  const lines = raw.map(bare);
  const common = endOf(raw[0] ?? '') || '\n';
  const pieces: string[] = [];
  let at = 0;
  hunks.forEach((hunk, index) => {
    const place = placeOf({ lines, text, number: index + 1 }, hunk, at);
    if (place < at) throw failed(`hunk ${index + 1} is before hunk ${index}: put the hunks in the order of the file`);
    pieces.push(...raw.slice(at, place));
    at = place;
    let end = endOf(raw[place] ?? '') || common;
    for (const line of hunk.lines) {
      if (line.mark === '+') {
        pieces.push(`${line.text}${end}`);
        continue;
      }
      end = endOf(raw[at] ?? '') || common;
      if (line.mark === ' ') pieces.push(raw[at] ?? '');
      at += 1;
    }
    const isLast = at >= raw.length;
    const last = pieces.at(-1);
    const endedBare = raw.length > 0 && endOf(raw.at(-1) ?? '') === '';
    const touchesEnd = isLast && hunk.lines.at(-1)?.mark === '+';
    if (last !== undefined && touchesEnd && (hunk.endsBare ?? endedBare)) pieces[pieces.length - 1] = bare(last);
  });
  pieces.push(...raw.slice(at));
  // A line that was the last one, without an end, may have others behind it now.
  return pieces
    .map((line, index) => (index < pieces.length - 1 && endOf(line) === '' ? `${line}${common}` : line))
    .join('');
};
