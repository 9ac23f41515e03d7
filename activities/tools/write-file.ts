import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { errnoOf } from './errno.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import { openRegularFile, readWhole } from './open-file.ts';
import { replaceFile } from './replace-file.ts';
import { formatBytes, noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

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
    const replaced = await replaceFile(path, content, context.idempotencyKey);
    return ok(`${replaced ? 'Replaced' : 'Created'} ${path.shown} (${size})`);
  },
});
