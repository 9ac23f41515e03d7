import { lstat, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inOneLine } from '../../contracts/one-line.ts';
import { closedBelow, dataFolderName } from '../../files/closed.ts';
import { namesIn } from '../../files/names-in.ts';
import { CappedLines } from './capped-lines.ts';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { globWalk } from './glob.ts';
import { type InsidePath, resolveReadable } from './jail.ts';
import { ripgrep } from './ripgrep.ts';
import { noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const most = { lines: 500, characters: 30_000 };

type Walk = { folder: InsidePath; args: string[]; closed: readonly string[]; signal: AbortSignal };

const maxNames = 20_000;

/** Each path is relative to the walk's folder, with forward slashes. */
const walkFiles = ({ folder, args, closed, signal }: Walk, onFile: (path: string) => void) =>
  ripgrep({
    args: ['--files', '--null', ...args],
    cwd: folder.real,
    separator: '\0',
    closed,
    signal,
    onEntry: (path) => {
      onFile(path.replace(/^\.[\\/]/, '').replaceAll('\\', '/'));
      return true;
    },
  });

const listDeep = async (walk: Walk): Promise<CappedLines> => {
  const listing = new CappedLines(most);
  await walkFiles(walk, (path) => void listing.add(inOneLine(join(walk.folder.shown, path))));
  return listing;
};

/** A name that the walk gave no file for; null for what is not to be seen. */
const describeOther = async ({ folder, closed }: Walk, name: string, path: string): Promise<string | null> => {
  const real = join(folder.real, name);
  const stats = await lstat(real);
  if (stats.isSymbolicLink()) return `${path} -> ${await readlink(real)}`;
  const isHidden = name === '.git' || name === dataFolderName || closed.includes(real);
  return stats.isDirectory() && !isHidden ? `${path}/ (empty or ignored)` : null;
};

/** The names in one folder; a folder in it with the number of its files at any depth. */
const listFolder = async (walk: Walk): Promise<CappedLines> => {
  const files = new Set<string>();
  const counts = new Map<string, number>();
  await walkFiles(walk, (path) => {
    const [first = '', rest] = path.split('/', 2);
    if (rest !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1);
    else if (files.size < maxNames) files.add(first);
  });
  const listing = new CappedLines(most);
  const { names, isCut } = await namesIn(walk.folder.real, maxNames);
  if (isCut) throw failed(`it has more than ${maxNames} names; give a glob`);
  for (const name of names.toSorted()) {
    const path = inOneLine(join(walk.folder.shown, name));
    const count = counts.get(name);
    if (files.has(name)) listing.add(path);
    else if (count !== undefined) listing.add(`${path}/ (${count} ${count === 1 ? 'file' : 'files'})`);
    else if (listing.leftOut === 0) {
      const line = await describeOther(walk, name, path);
      if (line !== null) listing.add(inOneLine(line));
    }
  }
  return listing;
};

const startOf = async (path: string, glob: string | undefined, context: ToolContext): Promise<Walk> => {
  const { folder: below, args } = glob === undefined ? { folder: '.', args: [] } : globWalk(glob);
  const folder = await resolveReadable(context, join(path, below));
  if (!(await stat(folder.real)).isDirectory()) throw failed('it is a file, not a folder; read it with read_file');
  const closed = closedBelow(folder.real, context.dataFolders);
  return { folder, args, closed, signal: context.signal };
};

export const listFiles = defineTool({
  name: 'list_files',
  description:
    'List the files in a folder: its own names, or with recursive or glob the paths of all files below it. Files that .gitignore names are left out, symbolic links are not followed.',
  parameters: z.strictObject({
    path: noNul.min(1).default('.').describe('The folder, relative to the workspace'),
    recursive: z.boolean().default(false).describe('List files at every depth'),
    glob: noNul
      .min(1)
      .max(1000)
      .optional()
      .describe('Only files that match, at every depth, such as *.ts or src/**/*.test.ts'),
    include_ignored: z.boolean().default(false).describe('List files that .gitignore names, too'),
  }),
  effect: 'pure',
  isQuick: true,
  permission: 'read',
  doing: ({ path }) => `list ${quote(path)}`,
  async run({ path, recursive, glob, include_ignored }, context) {
    const walk = await startOf(path, glob, context);
    if (include_ignored) walk.args.push('--no-ignore');
    const { lines, leftOut } = await (recursive || glob !== undefined ? listDeep(walk) : listFolder(walk));
    if (lines.length === 0)
      return ok(glob === undefined ? `[No files in ${path}]` : `[No files match ${glob} in ${path}]`);
    if (leftOut === 0) return ok(lines.join('\n'));
    return ok([...lines, `[${leftOut} more left out: give a narrower path or glob]`].join('\n'));
  },
});
