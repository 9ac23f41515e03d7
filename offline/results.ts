import { type DoneCall, doneBy, type Task } from './task.ts';

export type Line = { path: string; line: number; text: string };

/** The lines of what read_file gave: each its number, a tab and its text. Empty for anything else. */
export const readLines = ({ args, result }: DoneCall): Line[] =>
  result.split('\n').flatMap((row) => {
    const [, number, text] = /^\s*(\d+)(?:\t|→)(.*)$/.exec(row) ?? [];
    return number === undefined ? [] : [{ path: String(args.path ?? ''), line: Number(number), text: text ?? '' }];
  });

/** The hits of what search_files gave: `path:line:text`. */
export const hitsOf = ({ result }: DoneCall): Line[] =>
  result.split('\n').flatMap((row) => {
    const [, path, number, text] = /^([^\s:][^:]*):(\d+):(.*)$/.exec(row) ?? [];
    return path === undefined || number === undefined ? [] : [{ path, line: Number(number), text: text ?? '' }];
  });

const isNote = (row: string): boolean => row.startsWith('[') || row.startsWith('Cannot ') || row === '';

/** What list_files gave, as it stands: folders end in a slash, with a count. */
export const entriesOf = ({ result }: DoneCall): string[] => result.split('\n').filter((row) => !isNote(row));

const pathOf = (entry: string): string => entry.replace(/ \(.*\)$| -> .*$/, '');

/** Every file that any listing has shown, in their order. */
export const knownFiles = (task: Task): string[] => [
  ...new Set(
    doneBy(task, 'list_files')
      .flatMap(entriesOf)
      .map(pathOf)
      .filter((path) => !path.endsWith('/')),
  ),
];

const nameOf = (path: string): string => (path.split('/').at(-1) ?? path).toLowerCase();

/** The known file that a name stands for: the path itself, a file of that name, or one with that name and an ending. */
export const findKnown = (name: string, files: readonly string[]): string | undefined => {
  const wanted = name.replace(/^\.\//, '').toLowerCase();
  return (
    files.find((path) => path.toLowerCase() === wanted) ??
    files.find((path) => path.toLowerCase().endsWith(`/${wanted}`)) ??
    files.find((path) => nameOf(path).replace(/\.\w+$/, '') === wanted)
  );
};

/** Best first: lines with more of the words, then prose before code, generated files last; two of a file at most. */
export const rankHits = (hits: readonly Line[], words: readonly string[], most: number): Line[] => {
  const perFile = new Map<string, number>();
  return hits
    .map((hit) => ({ hit, score: scoreOf(hit, words) }))
    .toSorted(
      (a, b) =>
        b.score - a.score || (a.hit.path < b.hit.path ? -1 : a.hit.path > b.hit.path ? 1 : a.hit.line - b.hit.line),
    )
    .map(({ hit }) => hit)
    .filter(({ path }) => {
      const count = (perFile.get(path) ?? 0) + 1;
      perFile.set(path, count);
      return count <= 2;
    })
    .slice(0, most);
};

const scoreOf = ({ path, text }: Line, words: readonly string[]): number => {
  const lower = text.toLowerCase();
  const found = words.filter((word) => lower.includes(word.toLowerCase())).length;
  const isImport = /^\s*(import|export) .*from /.test(text);
  const isGenerated = /(^|\/)(package-lock\.json|[\w.-]+\.(lock|sum|snap|map|min\.js))$/.test(path);
  return (
    found * 10 +
    (/\.(md|txt|rst)$/i.test(path) ? 3 : 0) -
    (/\.(test|spec)\./.test(path) ? 2 : 0) -
    (isImport ? 5 : 0) -
    (isGenerated ? 100 : 0)
  );
};
