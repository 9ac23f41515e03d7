import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { errnoOf } from './errno.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import { firstBreak } from './line-ends.ts';
import { openRegularFile, readWhole } from './open-file.ts';
import { linksNote, replaceFile } from './replace-file.ts';
import { formatBytes, noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

/** Bytes. */
const lookedAt = 64_000;

const holds = async (path: InsidePath, content: Buffer, context: ToolContext): Promise<boolean> => {
  const opened = await openRegularFile(path, context).catch((error: unknown) => {
    if (errnoOf(error) === undefined) throw error;
    // What cannot be read may still be replaced.
    return undefined;
  });
  if (!opened) return false;
  try {
    if (opened.stats.size !== content.length) return false;
    return (await readWhole(opened.handle, content.length))?.equals(content) ?? false;
  } finally {
    await opened.handle.close();
  }
};

/** Of the beginning of what is replaced; null where there is nothing that can be read. */
const endingsOf = async (path: InsidePath, context: ToolContext): Promise<string | null> => {
  const opened = await openRegularFile(path, context).catch(() => undefined);
  if (!opened) return null;
  try {
    const { buffer, bytesRead } = await opened.handle.read({ buffer: Buffer.alloc(lookedAt), position: 0 });
    return firstBreak(buffer.subarray(0, bytesRead).toString('latin1'));
  } finally {
    await opened.handle.close();
  }
};

/** read_file shows lines without their ends: who writes a file anew may not know that they change. */
const endingsNote = (before: string | null, content: string): string => {
  const now = firstBreak(content);
  const words = (ending: string): string => (ending === '\n' ? 'LF' : 'CRLF');
  return before === null || now === null || before === now
    ? ''
    : `. Its lines ended in ${words(before)}, now in ${words(now)}`;
};

export const writeFile = defineTool({
  name: 'write_file',
  description:
    'Create a file, or replace the whole content of one. Missing folders are made. To change a part of a file use edit_file.',
  parameters: z.strictObject({
    path: noNul.min(1).describe('The file, relative to the workspace'),
    content: z.string().describe('The whole new content'),
  }),
  effect: 'idempotent',
  permission: 'write',
  doing: ({ path }) => `write ${quote(path)}`,
  async run(args, context) {
    const path = await resolveInside(context, args.path);
    const content = Buffer.from(args.content);
    const size = formatBytes(content.length);
    // True after an attempt that was cut off behind its write, too.
    if (await holds(path, content, context)) return ok(`${path.shown} has exactly this content (${size})`);
    const endings = await endingsOf(path, context);
    const { before, otherNames } = await replaceFile(path, content, context);
    const notes = [endingsNote(endings, args.content), linksNote(otherNames)].join('');
    return ok(`${before ? 'Replaced' : 'Created'} ${path.shown} (${size})${notes}`);
  },
});
