import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import { replaceFile } from './replace-file.ts';
import { formatBytes, noNul, quote } from './text.ts';

const holds = async ({ real }: InsidePath, content: Buffer): Promise<boolean> => {
  const stats = await stat(real).catch(() => undefined);
  if (!stats?.isFile() || stats.size !== content.length) return false;
  return content.equals(await readFile(real));
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
  async run(args, { workspace, idempotencyKey }) {
    const path = await resolveInside(workspace, args.path);
    const content = Buffer.from(args.content);
    const size = formatBytes(content.length);
    // True after an attempt that was cut off behind its write, too.
    if (await holds(path, content)) return ok(`${path.shown} has exactly this content (${size})`);
    const replaced = await replaceFile(path, content, idempotencyKey);
    return ok(`${replaced ? 'Replaced' : 'Created'} ${path.shown} (${size})`);
  },
});
