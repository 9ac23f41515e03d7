import { type DoneCall, doneBy, type Task } from './task.ts';
import { wordsIn } from './wording.ts';

export type Line = { path: string; line: number; text: string };

export const shorten = (text: string, max: number): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
};
export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The lines of a read_file result: a number, a tab, the text. Empty for anything else. */
export const readLines = ({ args, result }: DoneCall): Line[] =>
  [...result.matchAll(/^\s*(\d+)\t(.*)$/gm)].map(([, number, text = '']) => {
    return { path: String(args.path), line: Number(number), text };
  });

/** The hits of a search_files result: `path:line:text`. */
export const hitsOf = ({ result }: DoneCall): Line[] =>
  [...result.matchAll(/^([^\s:][^:\n]*):(\d+):(.*)$/gm)].map(([, path = '', number, text = '']) => {
    return { path, line: Number(number), text };
  });

/** The entries of a list_files result. Folders end in a slash, with a count. */
export const entriesOf = ({ result }: DoneCall): string[] =>
  result.split('\n').filter((row) => row !== '' && !row.startsWith('[') && !row.startsWith('Cannot '));

/** Every file that any listing has shown, in order. */
export const knownFiles = (task: Task): string[] => {
  const paths = doneBy(task, 'list_files')
    .flatMap(entriesOf)
    .map((entry) => entry.replace(/ \(.*\)$| -> .*$/, ''));
  return [...new Set(paths.filter((path) => !path.endsWith('/')))];
};

/** The file with this path, this name, or this name without its extension. */
export const findKnown = (name: string, files: readonly string[]): string | undefined => {
  const wanted = name.replace(/^\.\//, '').toLowerCase();
  const matches = (test: (path: string) => boolean) => files.find((path) => test(path.toLowerCase()));
  return (
    matches((path) => path === wanted) ??
    matches((path) => path.endsWith(`/${wanted}`)) ??
    matches((path) => path.replace(/^.*\//, '').replace(/\.\w+$/, '') === wanted)
  );
};

export const isProse = (path: string): boolean => /\.(md|markdown|txt|rst|adoc)$/i.test(path) || !/\.\w+$/.test(path);

const isComment = (text: string): boolean => /^\s*(\/\/|\/?\*|# |--)/.test(text);
const isWeak = ({ path, text }: Line): boolean =>
  /^\s*(import|export) .*from /.test(text) ||
  /\.(test|spec)\.|(^|\/)(package-lock\.json|[\w.-]+\.(lock|sum|snap|map|min\.js|svg))$/.test(path);

/** Best first: lines with more of the words, explanations before code, tests and imports last; two per file. */
export const rankHits = (lines: readonly Line[], words: readonly string[], max: number): Line[] => {
  const perFile = new Map<string, number>();
  const score = (line: Line): number =>
    wordsIn(line.text, words).length * 10 +
    (isProse(line.path) || isComment(line.text) ? 8 : 0) -
    (isWeak(line) ? 12 : 0) -
    (/^\s*["'`|]/.test(line.text) ? 3 : 0);
  return lines
    .map((line) => ({ line, points: score(line) }))
    .toSorted((a, b) => b.points - a.points || (a.line.path < b.line.path ? -1 : 1))
    .map(({ line }) => line)
    .filter(({ path }) => {
      perFile.set(path, (perFile.get(path) ?? 0) + 1);
      return (perFile.get(path) ?? 0) <= 2;
    })
    .slice(0, max);
};

const isHeading = (text: string): boolean => /^\s*#{1,6}\s/.test(text) || /^\s*(=+|-{3,}|\*{3,})\s*$/.test(text);
const isDecoration = (text: string): boolean => /^\s*(\[!\[|!\[|<|\[\/\/\])/.test(text);

export const titleOf = (lines: readonly Line[]): string | undefined =>
  lines.find(({ text }) => /^#\s+\S/.test(text))?.text.replace(/^#\s+|\s*#*$/g, '');

/** The first running text: after front matter, titles, badges and HTML, up to a blank line or the next heading. */
export const firstParagraph = (lines: readonly Line[]): Line[] => {
  const matter = lines[0]?.text === '---' ? lines.findIndex(({ text }, index) => index > 0 && text === '---') + 1 : 0;
  const body = lines.slice(matter);
  const start = body.findIndex(({ text }, index) => {
    const isUnderlined = /^\s*(=+|-{3,})\s*$/.test(body[index + 1]?.text ?? '');
    return text.trim() !== '' && !isHeading(text) && !isDecoration(text) && !isUnderlined;
  });
  if (start < 0) return [];
  const length = body.slice(start).findIndex(({ text }) => text.trim() === '' || isHeading(text));
  return body.slice(start, length < 0 ? undefined : start + length).slice(0, 12);
};
