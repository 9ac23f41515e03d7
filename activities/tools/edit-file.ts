import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import { openRegularFile, readWhole } from './open-file.ts';
import { replaceFile } from './replace-file.ts';
import { formatBytes, noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const mostBytes = 10_000_000;

const countOf = (text: string, part: string): number => text.split(part).length - 1;
const toCrlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');

/** read_file shows lines without their ends: what the model copies from a file with CRLF has LF alone. */
const inEndingsOf = (text: string, { old_text, new_text }: { old_text: string; new_text: string }) =>
  !text.includes(old_text) && text.includes('\r\n')
    ? { before: toCrlf(old_text), after: toCrlf(new_text) }
    : { before: old_text, after: new_text };

const lineOf = (text: string, index: number): number => countOf(text.slice(0, index), '\n') + 1;

const readText = async (path: InsidePath, context: ToolContext): Promise<string> => {
  const { handle, stats } = await openRegularFile(path, context);
  try {
    const bytes = stats.size > mostBytes ? undefined : await readWhole(handle, mostBytes);
    if (!bytes) {
      const size = formatBytes(Math.max(stats.size, mostBytes + 1));
      throw failed(`it has ${size}, over the limit of ${formatBytes(mostBytes)} for an edit`);
    }
    if (!isUtf8(bytes) || bytes.includes(0)) throw failed('it is binary or not UTF-8; an edit would damage it');
    return bytes.toString('utf8');
  } finally {
    await handle.close();
  }
};

export const editFile = defineTool({
  name: 'edit_file',
  description:
    'Replace a piece of text in a file. old_text must be in the file exactly once, so give enough lines around the change; or set replace_all. Copy it from read_file without the line numbers and tabs.',
  parameters: z.strictObject({
    path: noNul.min(1).describe('The file, relative to the workspace'),
    old_text: z.string().min(1).describe('The exact text to replace, with its spaces and line breaks'),
    new_text: z.string().describe('The text to put in its place; empty removes it'),
    replace_all: z.boolean().default(false).describe('Replace every occurrence'),
  }),
  // A second run cannot tell its own edit from the file as it was: the new text may hold the old one, or the old one
  // may be gone by other hands. The file itself is always whole, before or after.
  effect: 'once',
  permission: 'write',
  doing: ({ path }) => `edit ${quote(path)}`,
  async run(args, context) {
    const path = await resolveInside(context, args.path);
    if (args.old_text === args.new_text) throw failed('old_text and new_text are the same');
    const text = await readText(path, context);
    const { before, after } = inEndingsOf(text, args);
    const first = text.indexOf(before);
    if (first < 0) {
      throw failed('old_text is not in the file; read the file and copy the text exactly, without line numbers');
    }
    if (text.lastIndexOf(before) !== first && !args.replace_all) {
      throw failed(
        'old_text is in the file more than once; add lines around it until it is unique, or set replace_all',
      );
    }
    const found = countOf(text, before);
    const line = lineOf(text, first);
    await replaceFile(path, Buffer.from(text.split(before).join(after)), context.idempotencyKey);
    return ok(
      found === 1
        ? `Edited ${path.shown} at line ${line}`
        : `Edited ${path.shown} at ${found} places, first at line ${line}`,
    );
  },
});
