import { relative } from 'node:path';
import { z } from 'zod';
import { defineChangeTool } from './change-tool.ts';
import { failed } from './failed.ts';
import { resolveInside } from './jail.ts';
import { formatBytes, noNul, quote } from './text.ts';

export const deleteFile = defineChangeTool({
  name: 'delete_file',
  description: 'Delete a file. Folders are not deleted.',
  parameters: z.strictObject({ path: noNul.min(1).describe('The file, relative to the workspace') }),
  doing: ({ path }) => `delete ${quote(path)}`,
  async plan({ path: asked }, context) {
    const path = await resolveInside(context, asked);
    const { seen, disk } = await context.see(path);
    if (!seen) throw failed('there is no such file or folder (ENOENT)');
    return {
      words: `Deleted ${path.shown} (${formatBytes(seen.bytes.length)})`,
      drafts: [
        {
          kind: 'delete',
          path: relative(context.workspace, path.real),
          from: null,
          before: seen,
          disk,
          after: null,
        },
      ],
    };
  },
});
