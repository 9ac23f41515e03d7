import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { namesIn } from '../../files/names-in.ts';
import { defineTool, ok } from './define.ts';
import { errnoOf } from './errno.ts';
import { failed } from './failed.ts';
import { type InsidePath, resolveReadable } from './jail.ts';
import { nearest } from './nearest.ts';
import { openRegularFile } from './open-file.ts';
import { readImage } from './read-image.ts';
import { type LineWindow, readLines } from './read-lines.ts';
import { formatBytes, noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const maxBytes = 50_000;
const maxLineBytes = 2000;
const maxSiblings = 10_000;
/** Of a file that is longer, or grows: what lies behind is for a command. */
const maxScannedBytes = 1_000_000_000;
const countLinesUpTo = 16_000_000;

const siblingsOf = async ({ real }: InsidePath): Promise<string[]> =>
  (await namesIn(dirname(real), maxSiblings).catch(() => ({ names: [] }))).names;

const openOrSuggest = async (path: InsidePath, context: ToolContext) => {
  try {
    return await openRegularFile(path, context);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    const siblings = await siblingsOf(path);
    const folder = dirname(path.shown);
    const like = nearest(basename(path.real), siblings, 0.5).map((name) => join(folder, name));
    const hint = like.length > 0 ? `near it are ${like.join(', ')}` : 'look with list_files';
    throw failed(`there is no such file; ${hint}`, error);
  }
};

const ending = ({ lines, total }: LineWindow, offset: number, size: string): string => {
  const last = offset + lines.length - 1;
  if (total === undefined) return `[More lines follow: the file has ${size}. Continue with offset ${last + 1}.]`;
  if (last < total) return `[${total - last} more lines of ${total}. Continue with offset ${last + 1}.]`;
  return '';
};

export const readFile = defineTool({
  name: 'read_file',
  description:
    'Read a text file, or look at an image (png, jpeg, webp, gif). Each line is given as its number, a tab and its text. Long files come in windows: use offset and limit for the next one.',
  parameters: z.strictObject({
    path: noNul.min(1).describe('The file, relative to the workspace'),
    offset: z.int().min(1).default(1).describe('The first line to read; lines count from 1'),
    limit: z.int().min(1).max(5000).default(2000).describe('How many lines at most'),
  }),
  effect: 'pure',
  isQuick: true,
  permission: 'read',
  doing: ({ path }) => `read ${quote(path)}`,
  async run({ path: asked, offset, limit }, context) {
    const path = await resolveReadable(context, asked);
    const { handle, stats } = await openOrSuggest(path, context);
    const size = formatBytes(stats.size);
    try {
      const count = stats.size <= countLinesUpTo;
      const limits = {
        offset,
        lines: limit,
        bytes: maxBytes,
        lineBytes: maxLineBytes,
        count,
        scanned: maxScannedBytes,
      };
      const window = await readLines(handle, limits, context.signal);
      const image = window.binary ? await readImage(handle, path.shown, context) : null;
      if (image) return image;
      if (window.binary) throw failed(`it is a binary file (${size}); only text can be read`);
      if (window.total === 0) return ok('[The file is empty]');
      if (window.lines.length === 0 && window.total === undefined)
        throw failed(`offset ${offset} is behind its first ${formatBytes(maxScannedBytes)}; look there with a command`);
      if (window.lines.length === 0) throw failed(`offset ${offset} is after its last line, ${window.total}`);
      const numbered = window.lines.map((line, index) => `${offset + index}\t${line}`);
      return ok([...numbered, ending(window, offset, size)].filter(Boolean).join('\n'));
    } finally {
      await handle.close();
    }
  },
});
