import { relative } from 'node:path';
import { z } from 'zod';
import { nearestPlace } from '../changes/nearest-place.ts';
import { refusalOfText, textOf } from '../changes/texts.ts';
import { defineChangeTool } from './change-tool.ts';
import { failed } from './failed.ts';
import { resolveInside } from './jail.ts';
import { findPart, inEndsOf, type Range } from './line-ends.ts';
import { linksNote } from './replace-file.ts';
import { noNul, quote } from './text.ts';

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

/** Why a text is not found: the model corrects itself, and nothing is guessed. */
const notFound = (text: string, wanted: string, replacement: string): string => {
  const [made] = replacement.trim().length > 2 ? findPart(text, replacement).ranges : [];
  const done = made
    ? ` new_text is there already, at line ${lineOf(text, made.from)}: this edit may have been made before.`
    : '';
  const near = nearestPlace(text, wanted);
  return `old_text is not in the file; read the file and copy the text exactly, without line numbers.${done}${near === undefined ? '' : ` ${near}`}`;
};

export const editFile = defineChangeTool({
  name: 'edit_file',
  description:
    'Replace a piece of text in a file. old_text must be in the file exactly once, so give enough lines around the change; or set replace_all. Copy it from read_file without the line numbers and tabs.',
  parameters: z.strictObject({
    path: noNul.min(1).describe('The file, relative to the workspace'),
    old_text: z.string().min(1).describe('The exact text to replace, with its spaces and line breaks'),
    new_text: z.string().describe('The text to put in its place; empty removes it'),
    replace_all: z.boolean().default(false).describe('Replace every occurrence'),
  }),
  doing: ({ path }) => `edit ${quote(path)}`,
  async plan({ path: asked, old_text, new_text, replace_all }, context) {
    const path = await resolveInside(context, asked);
    if (old_text === new_text) throw failed('old_text and new_text are the same');
    const { seen, disk } = await context.see(path);
    if (!seen) throw failed('there is no such file or folder (ENOENT)');
    const text = textOf(seen.bytes);
    if (text === null) throw failed(refusalOfText(seen.bytes));
    const { ranges, isOverlapping } = findPart(text, old_text);
    const [first] = ranges;
    if (!first) throw failed(notFound(text, old_text, new_text));
    if (isOverlapping && !replace_all) {
      throw failed(
        'old_text is in the file more than once; add lines around it until it is unique, or set replace_all',
      );
    }
    const found = ranges.length;
    const where =
      found === 1
        ? `at line ${lineOf(text, first.from)}`
        : `at ${found} places, first at line ${lineOf(text, first.from)}`;
    const bytes = Buffer.from(replacedIn(text, ranges, new_text));
    if (bytes.equals(seen.bytes))
      throw failed('the file would stay as it is: old_text and new_text differ only in line endings');
    return {
      words: `Edited ${path.shown} ${where}${linksNote(seen.otherNames)}`,
      drafts: [
        {
          kind: 'edit',
          path: relative(context.workspace, path.real),
          from: null,
          before: seen,
          disk,
          after: { bytes, mode: seen.mode },
        },
      ],
    };
  },
});
