import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import { findPart, inEndsOf, type Range } from './line-ends.ts';
import { openRegularFile, readWhole } from './open-file.ts';
import { linksNote, replaceFile } from './replace-file.ts';
import { formatBytes, noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const mostBytes = 10_000_000;

const countOf = (text: string, part: string): number => text.split(part).length - 1;
const lineOf = (text: string, index: number): number => countOf(text.slice(0, index), '\n') + 1;

const replacedIn = (text: string, ranges: readonly Range[], part: string): string => {
  const pieces: string[] = [];
  let at = 0;
  for (const range of ranges) {
    pieces.push(text.slice(at, range.from), inEndsOf(text, range, part));
    at = range.to;
  }
  return [...pieces, text.slice(at)].join('');
};

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
    const { ranges, isOverlapping } = findPart(text, args.old_text);
    const [first] = ranges;
    if (!first) {
      throw failed('old_text is not in the file; read the file and copy the text exactly, without line numbers');
    }
    if (isOverlapping && !args.replace_all) {
      throw failed(
        'old_text is in the file more than once; add lines around it until it is unique, or set replace_all',
      );
    }
    const found = ranges.length;
    const line = lineOf(text, first.from);
    const { otherNames } = await replaceFile(path, Buffer.from(replacedIn(text, ranges, args.new_text)), context);
    return ok(
      found === 1
        ? `Edited ${path.shown} at line ${line}${linksNote(otherNames)}`
        : `Edited ${path.shown} at ${found} places, first at line ${line}${linksNote(otherNames)}`,
    );
  },
});
