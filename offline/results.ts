import { type DoneCall, doneBy, type Task } from './task.ts';
import { wordsIn } from './wording.ts';

export type Line = { path: string; line: number; text: string };

export const shorten = (text: string, max: number): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
};
export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
export const isPage = (path: string): boolean => /^https?:/.test(path);

/** The lines that a call returned: of read_file, of search_files, or of a page. */
export const linesOf = ({ tool, args, result }: DoneCall): Line[] => {
  if (tool === 'web_fetch')
    return result.split('\n').map((text, index) => ({ path: String(args.url), line: index + 1, text }));
  const row = tool === 'read_file' ? /^(\s*)(\d+)\t(.*)$/gm : /^([^\s:][^:\n]*):(\d+):(.*)$/gm;
  return [...result.matchAll(row)].map(([, path = '', number, text = '']) => {
    return { path: path.trim() || String(args.path), line: Number(number), text };
  });
};

/** The entries of a list_files result. Folders end in a slash, with a count. */
export const entriesOf = ({ result }: DoneCall): string[] =>
  result.split('\n').filter((row) => row !== '' && !row.startsWith('[') && !row.startsWith('Cannot '));

/** The listed file with this path or this name, with or without its extension. */
export const findKnown = (name: string, task: Task): string | undefined => {
  const entries = doneBy(task, 'list_files').flatMap(entriesOf);
  const files = entries.map((entry) => entry.replace(/ \(.*\)$| -> .*$/, '')).filter((path) => !path.endsWith('/'));
  const wanted = `/${name.replace(/^\.\//, '').toLowerCase()}`;
  const ending = (path: string): boolean => `/${path.toLowerCase()}`.endsWith(wanted);
  const exact = files.find((path) => `/${path.toLowerCase()}` === wanted);
  return exact ?? files.find(ending) ?? files.find((path) => ending(path.replace(/\.\w+$/, '')));
};

const isProse = (path: string): boolean => /\.(md|markdown|txt|rst|adoc)$/i.test(path) || !/\.\w+$/.test(path);

export const isComment = (text: string): boolean => /^\s*(\/\/|\/?\*|# |--)/.test(text);
/** Best first, two per file: lines with more of the words, explanations before code, tests last. */
export const rankLines = (lines: readonly Line[], words: readonly string[], max: number): Line[] => {
  const perFile = new Map<string, number>();
  const score = (line: Line): number =>
    wordsIn(line.text, words).length * 10 +
    (isProse(line.path) || isComment(line.text) ? 8 : 0) -
    (/\.(test|spec)\.|\.(lock|snap|svg)$|(^|\/)package-lock\.json$/.test(line.path) ? 12 : 0);
  return [...new Map(lines.map((line) => [`${line.path}:${line.line}`, line])).values()]
    .filter(({ text }) => wordsIn(text, words).length > 0)
    .map((line) => ({ line, points: score(line) }))
    .toSorted((a, b) => b.points - a.points || (a.line.path < b.line.path ? -1 : 1))
    .map(({ line }) => line)
    .filter(({ path }) => {
      perFile.set(path, (perFile.get(path) ?? 0) + 1);
      return (perFile.get(path) ?? 0) <= 2;
    })
    .slice(0, max);
};

const isMarkup = (text: string): boolean => /^\s*($|#{1,6}\s|(=+|-{3,}|\*{3,})\s*$|\[!\[|!\[|<)/.test(text);

/** The beginning of a file; of prose, without the titles, badges and HTML before it. */
export const beginningOf = (lines: readonly Line[]): Line[] => {
  const start = lines.findIndex(({ path, text }) => !isProse(path) || !isMarkup(text));
  return lines.slice(Math.max(0, start)).slice(0, 12);
};
