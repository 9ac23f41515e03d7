import { relative } from 'node:path';
import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { type Draft, newMode } from '../changes/draft.ts';
import type { Sight } from '../changes/session-changes.ts';
import { refusalOfText, textOf } from '../changes/texts.ts';
import { defineChangeTool, type PlanContext } from './change-tool.ts';
import { failed } from './failed.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import type { FilePatch } from './patch/file-patch.ts';
import { isEnvelope, parseEnvelope } from './patch/parse-envelope.ts';
import { parseUnified } from './patch/parse-unified.ts';
import { patched } from './patch/patched.ts';
import { noNul, quote } from './text.ts';

const executable = 0o111;

/** Sets the execute bit for everyone who may read the file. */
const modeOf = ({ isExecutable }: FilePatch, before: number): number => {
  if (isExecutable === null) return before;
  return isExecutable ? before | ((before & 0o444) >> 2) : before & ~executable;
};

const textIn = ({ seen }: Sight): string => {
  if (!seen) throw failed('there is no such file or folder (ENOENT)');
  const text = textOf(seen.bytes);
  if (text === null) throw failed(refusalOfText(seen.bytes));
  return text;
};

type Found = { path: InsidePath; sight: Sight };

const find = async (path: string, context: PlanContext): Promise<Found> => {
  const found = await resolveInside(context, path);
  return { path: found, sight: await context.see(found) };
};

const refuseTaken = (sight: Sight, what: string): void => {
  if (sight.seen) throw failed(`there is a file of this name already; ${what}`);
};

const draftOf = async (file: FilePatch, context: PlanContext): Promise<{ draft: Draft; words: string }> => {
  const target = await find(file.path, context);
  const own = relative(context.workspace, target.path.real);
  const { shown } = target.path;
  const { seen, disk } = target.sight;
  if (file.kind === 'create') {
    if (file.hunks.some(({ lines }) => lines.some(({ mark }) => mark !== '+')))
      throw failed('it creates the file, so each of its lines begins with "+"');
    refuseTaken(target.sight, 'a patch that creates it would replace it. Give a patch of its lines, or use write_file');
    const after = { bytes: Buffer.from(patched('', file.hunks)), mode: modeOf(file, newMode()) };
    return { draft: { kind: 'create', path: own, from: null, before: null, disk, after }, words: `created ${shown}` };
  }
  if (file.kind === 'delete') {
    if (file.hunks.length > 0 && patched(textIn(target.sight), file.hunks) !== '') {
      throw failed('the patch deletes it, and it holds more lines than the patch removes; read it again');
    }
    if (!seen) throw failed('there is no such file or folder (ENOENT)');
    return {
      draft: { kind: 'delete', path: own, from: null, before: seen, disk, after: null },
      words: `deleted ${shown}`,
    };
  }
  if (file.kind === 'rename') {
    const source = await find(file.from ?? '', context);
    refuseTaken(target.sight, 'a rename would replace it. Delete it first, or choose another name');
    const before = source.sight.seen;
    if (!before) throw failed(`${quote(file.from ?? '')} is not there`);
    const bytes = file.hunks.length === 0 ? before.bytes : Buffer.from(patched(textIn(source.sight), file.hunks));
    return {
      draft: {
        kind: 'rename',
        path: own,
        from: relative(context.workspace, source.path.real),
        before,
        disk: source.sight.disk,
        after: { bytes, mode: modeOf(file, before.mode) },
      },
      words: `renamed ${source.path.shown} to ${shown}`,
    };
  }
  const text = textIn(target.sight);
  const before = seen?.mode ?? newMode();
  const after = { bytes: Buffer.from(patched(text, file.hunks)), mode: modeOf(file, before) };
  if (seen?.bytes.equals(after.bytes) && after.mode === before) throw failed('the patch changes nothing in it');
  return { draft: { kind: 'edit', path: own, from: null, before: seen, disk, after }, words: `edited ${shown}` };
};

/** A patch is about one file after another: what it fails with names the file. */
const ofFile = async <Result>({ path }: FilePatch, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EverturnError && error.code === 'tool_failed')
      throw failed(`${quote(path)}: ${error.message}`, error);
    throw error;
  }
};

const refuseTwice = (drafts: readonly Draft[]): void => {
  const names = drafts.flatMap(({ path, from }) => (from === null || from === path ? [path] : [path, from]));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw failed(`it names ${quote(twice)} twice; put all its hunks under one head`);
};

/** Models send a patch as they would write it for people, in a fence, or for a shell, as a here-document. */
const unwrapped = (patch: string): string => {
  const lines = patch.trim().split(/\r?\n/);
  const [first = '', last = ''] = [lines[0], lines.at(-1)?.trim()];
  const [, end] = /^(?:apply_patch\s+)?<<-?\s*['"]?(\w+)['"]?$/.exec(first.trim()) ?? [];
  const isFence = /^```[\w-]*$/.test(first.trim()) && last === '```';
  return lines.length > 2 && (isFence || (end !== undefined && last === end))
    ? patch.trim().split('\n').slice(1, -1).join('\n')
    : patch;
};

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const applyPatch = defineChangeTool({
  name: 'apply_patch',
  description:
    'Apply a patch to one or more files, as a whole or not at all: edits, new files, deletions and renames. A unified diff as `git diff` writes it, or one between "*** Begin Patch" and "*** End Patch". The lines that it keeps and removes must be in the file exactly; line numbers may be off.',
  parameters: z.strictObject({ patch: noNul.min(1).describe('The patch') }),
  doing: () => 'apply the patch',
  async plan({ patch: given }, context) {
    const patch = unwrapped(given);
    const files = isEnvelope(patch) ? parseEnvelope(patch) : parseUnified(patch);
    if (files.length === 0) throw failed('there is no file in the patch');
    const drafts: Draft[] = [];
    const words: string[] = [];
    for (const file of files) {
      const one = await ofFile(file, () => draftOf(file, context));
      drafts.push(one.draft);
      words.push(one.words);
    }
    refuseTwice(drafts);
    return { drafts, words: capital(words.join(', ')) };
  },
});
