import { relative } from 'node:path';
import { z } from 'zod';
import { newMode } from '../changes/draft.ts';
import { checkSize } from '../changes/look.ts';
import { inStyleOf, textOf } from '../changes/texts.ts';
import { defineChangeTool } from './change-tool.ts';
import { resolveInside } from './jail.ts';
import { firstBreak } from './line-ends.ts';
import { linksNote } from './replace-file.ts';
import { formatBytes, noNul, quote } from './text.ts';

/** read_file shows lines without their ends: a model that writes a file anew cannot know them. */
const endsNote = (before: string, content: string, kept: string): string => {
  if (content !== kept) return '. Its line ends (CRLF) or byte order mark were kept';
  const isNew = firstBreak(before) === '\n' && firstBreak(kept) === '\r\n';
  return isNew ? '. Its lines ended in LF, now in CRLF' : '';
};

export const writeFile = defineChangeTool({
  name: 'write_file',
  description:
    'Create a file, or replace the whole content of one. Missing folders are made. To change a part of a file use edit_file.',
  parameters: z.strictObject({
    path: noNul.min(1).describe('The file, relative to the workspace'),
    content: z.string().describe('The whole new content'),
  }),
  doing: ({ path }) => `write ${quote(path)}`,
  async plan(args, context) {
    const path = await resolveInside(context, args.path);
    const { seen, disk } = await context.see(path);
    const before = seen && textOf(seen.bytes);
    const content = before === null ? args.content : inStyleOf(before, args.content);
    const bytes = Buffer.from(content);
    checkSize(bytes.length);
    const size = formatBytes(bytes.length);
    if (seen?.bytes.equals(bytes)) return { words: `${path.shown} has exactly this content (${size})`, drafts: [] };
    const notes = seen ? `${endsNote(before ?? '', args.content, content)}${linksNote(seen.otherNames)}` : '';
    return {
      words: `${seen ? 'Replaced' : 'Created'} ${path.shown} (${size})${notes}`,
      drafts: [
        {
          kind: seen ? 'edit' : 'create',
          path: relative(context.workspace, path.real),
          from: null,
          before: seen,
          disk,
          after: { bytes, mode: seen?.mode ?? newMode() },
        },
      ],
    };
  },
});
