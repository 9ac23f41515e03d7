import type { Diff, Hunk } from './hunks.ts';

const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** What would break a line, or the quotes. */
const special = /[\p{Cc}\u2028\u2029"\\]/u;

const escaped = (character: string): string =>
  escapes[character] ??
  [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** As git writes names. */
const named = (path: string): string =>
  special.test(path) ? `"${[...path].map((one) => (special.test(one) ? escaped(one) : one)).join('')}"` : path;

const lineWith = (mark: string, line: string): string =>
  line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`;

const rangeOf = ({ from, to }: Hunk['old']): string => {
  const count = to - from;
  // A range without lines names the line before it.
  return count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`;
};

const writeHunk = ({ before, after }: Diff, hunk: Hunk, pieces: string[]): void => {
  pieces.push(`@@ -${rangeOf(hunk.old)} +${rangeOf(hunk.new)} @@\n`);
  let at = hunk.old.from;
  for (const { old, new: fresh } of hunk.changes) {
    for (; at < old.from; at++) pieces.push(lineWith(' ', before[at] ?? ''));
    for (; at < old.to; at++) pieces.push(lineWith('-', before[at] ?? ''));
    for (let added = fresh.from; added < fresh.to; added++) pieces.push(lineWith('+', after[added] ?? ''));
  }
  for (; at < hunk.old.to; at++) pieces.push(lineWith(' ', before[at] ?? ''));
};

export type Names = { from: string | null; to: string | null };

const headOf = ({ from, to }: Names): string => {
  const rename = from !== null && to !== null && from !== to;
  return [
    ...(rename ? [`rename from ${named(from)}`, `rename to ${named(to)}`] : []),
    `--- ${from === null ? '/dev/null' : named(`a/${from}`)}`,
    `+++ ${to === null ? '/dev/null' : named(`b/${to}`)}`,
    '',
  ].join('\n');
};

/** A unified diff. `null` for a file that is not there, before or after. */
export const unified = (names: Names, diff: Diff): string => {
  const pieces = [headOf(names)];
  for (const hunk of diff.hunks) writeHunk(diff, hunk, pieces);
  return pieces.join('');
};

/** For contents that are not text. */
export const unifiedBinary = (names: Names): string => `${headOf(names)}Binary files differ\n`;
