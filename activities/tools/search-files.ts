import { existsSync, lstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { inOneLine } from '../../contracts/one-line.ts';
import { closedBelow, linkedFiles, madeUpBelow } from '../../files/closed.ts';
import { isMadeUp } from '../../files/regular.ts';
import { CappedLines } from './capped-lines.ts';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { globWalk } from './glob.ts';
import { type InsidePath, resolveReadable } from './jail.ts';
import { refuseIrregular } from './open-file.ts';
import { ripgrep } from './ripgrep.ts';
import { noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const most = { lines: 300, characters: 30_000 };
const lineCharacters = '300';

type SearchScope = { folder: InsidePath; target: string; args: string[] };

const refuseMadeUp = ({ real, shown }: InsidePath): void => {
  if (!existsSync(real) || !isMadeUp(real)) return;
  throw failed(`${quote(shown)} is in a file system of the kernel, such as /proc, which is not searched`);
};

const placeOf = async (context: ToolContext, path: string, glob: string | undefined): Promise<SearchScope> => {
  const inside = await resolveReadable(context, path);
  const stats = await stat(inside.real);
  refuseMadeUp(inside);
  if (!stats.isDirectory()) {
    refuseIrregular(stats);
    if (glob !== undefined) throw failed('a glob needs a folder as path; this is a file');
    const folder = { real: dirname(inside.real), shown: dirname(inside.shown) };
    return { folder, target: `./${basename(inside.real)}`, args: [] };
  }
  if (glob === undefined) return { folder: inside, target: './', args: [] };
  const { folder, args } = globWalk(glob);
  const below = await resolveReadable(context, join(path, folder));
  refuseMadeUp(below);
  return { folder: below, target: './', args };
};

/** `<path>NUL<line>:<text>`, with a dash for lines of context, or `--` between places. */
const toLine = (folder: InsidePath, entry: string): string => {
  const [path, rest] = entry.replace(/\r$/, '').split('\0', 2);
  if (path === undefined || rest === undefined) return '--';
  const shown = inOneLine(join(folder.shown, path).replaceAll('\\', '/'));
  const mark = /^\d+-/.test(rest) ? '-' : ':';
  return `${shown}${mark}${rest}`;
};

/** ripgrep ends each entry with a line break, which the name of a file may hold too: such a piece belongs to the next. */
const joinNames = (onEntry: (entry: string) => boolean) => {
  let begun = '';
  return (piece: string): boolean => {
    const entry = begun + piece;
    // What begins no path is a mark between two places.
    const isWhole = entry.includes('\0') || !entry.startsWith('./');
    begun = isWhole ? '' : `${entry}\n`;
    return !isWhole || onEntry(entry);
  };
};

/** Whether an entry may be shown: no rule hides its file, and it is no second name of one in a data folder. */
const withoutClosed = async (folder: InsidePath, { dataFolders, isHidden }: ToolContext) => {
  const linked = await linkedFiles(dataFolders);
  const known = new Map<string, boolean>();
  const isClosed = (path: string): boolean => {
    const real = join(folder.real, path);
    if (isHidden?.(real)) return true;
    const stats = linked.size === 0 ? undefined : lstatSync(real, { throwIfNoEntry: false });
    return stats !== undefined && linked.has(stats);
  };
  return (entry: string): boolean => {
    const [path, rest] = entry.split('\0', 2);
    if (path === undefined || rest === undefined || (linked.size === 0 && !isHidden)) return true;
    const answer = known.get(path) ?? !isClosed(path);
    known.set(path, answer);
    return answer;
  };
};

export const searchFiles = defineTool({
  name: 'search_files',
  description:
    'Search the text of files by a regular expression (ripgrep syntax), line by line. Each hit is path:line:text. Files that .gitignore names, binary files and symbolic links are left out.',
  parameters: z.strictObject({
    pattern: noNul.min(1).describe('The regular expression, or the text to find when fixed is set'),
    path: noNul.min(1).default('.').describe('The folder or file, relative to the workspace'),
    glob: noNul.min(1).max(1000).optional().describe('Only files that match, such as *.ts or src/**/*.test.ts'),
    fixed: z.boolean().default(false).describe('Take the pattern as plain text'),
    ignore_case: z.boolean().default(false).describe('Take upper and lower case as the same'),
    context: z.int().min(0).max(20).default(0).describe('Lines to show before and after each hit'),
    include_ignored: z.boolean().default(false).describe('Search files that .gitignore names, too'),
  }),
  effect: 'pure',
  isQuick: true,
  permission: 'read',
  doing: ({ pattern, path }) => `search ${quote(path)} for ${quote(pattern)}`,
  async run({ pattern, path, glob, fixed, ignore_case, context: around, include_ignored }, context) {
    const { folder, target, args } = await placeOf(context, path, glob);
    const isShown = await withoutClosed(folder, context);
    const found = new CappedLines(most);
    const flags = [
      ...(fixed ? ['--fixed-strings'] : []),
      ...(ignore_case ? ['--ignore-case'] : []),
      ...(include_ignored ? ['--no-ignore'] : []),
    ];
    const output = ['--line-number', '--no-heading', '--with-filename', '--null', '--context', `${around}`];
    const cut = ['--max-columns', lineCharacters, '--max-columns-preview'];
    const run = {
      args: [...args, ...flags, ...output, ...cut, `--regexp=${pattern}`],
      cwd: folder.real,
      separator: '\n' as const,
      closed: [...closedBelow(folder.real, context.dataFolders), ...madeUpBelow(folder.real)],
      signal: context.signal,
      onEntry: joinNames((entry) => !isShown(entry) || found.add(toLine(folder, entry))),
    };
    const { outcome, complaint } = await ripgrep(run, target);
    const notes = complaint === '' ? [] : [`[Not all could be searched: ${complaint}]`];
    if (outcome === 'stopped') notes.push('[More hits were left out: give a narrower pattern, path or glob]');
    if (found.lines.length === 0) notes.unshift('[No line matches]');
    return ok([...found.lines, ...notes].join('\n'));
  },
});
