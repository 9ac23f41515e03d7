import { countsOf, diffOf } from '../../contracts/diff/hunks.ts';
import { unified, unifiedBinary } from '../../contracts/diff/unified.ts';
import type { ChangeKind } from '../../contracts/file-changes.ts';
import type { FileState, FileStep, NewFileChange } from '../../store/file-changes.ts';
import { failed } from '../tools/failed.ts';
import { quote } from '../tools/text.ts';
import { noticesOf } from './guard.ts';
import { checkSize, type Seen } from './look.ts';
import { hashOf, textOf } from './texts.ts';

/** What a call would do to one file. `before` is what the session sees there, `disk` what is really there. */
export type Draft = {
  kind: ChangeKind;
  path: string;
  from: string | null;
  before: Seen | null;
  disk: FileState | null;
  after: { bytes: Buffer; mode: number } | null;
};

/** Characters of a diff that are kept. */
const maxDiff = 400_000;
const maxNotes = 10;

const cut = (diff: string): string =>
  diff.length <= maxDiff
    ? diff
    : `${diff.slice(0, diff.lastIndexOf('\n', maxDiff) + 1)}[Cut after ${maxDiff} characters: there is more]\n`;

/** The mode of a new file, as the system would give it to this process. */
export const newMode = (): number => 0o666 & ~process.umask();

type Sides = Pick<Draft, 'kind' | 'path' | 'from'> & { before: Buffer | null; after: Buffer | null };

/** A change as it is shown, with what it counts. */
export const shown = ({ kind, path, from, before, after }: Sides) => {
  const names = { from: kind === 'create' ? null : (from ?? path), to: kind === 'delete' ? null : path };
  const old = before === null ? '' : textOf(before);
  const fresh = after === null ? '' : textOf(after);
  if (old === null || fresh === null) return { diff: unifiedBinary(names), added: 0, removed: 0, hunks: 1 };
  const diff = diffOf(old, fresh);
  return { diff: cut(unified(names, diff)), ...countsOf(diff), hunks: diff.hunks.length };
};

type CallPlace = { key: string; turn: number; step: number; call: number; tool: string; approvalId: string | null };

/** The rows that the drafts of a call become. */
export const rowsOf = (drafts: readonly Draft[], { key, ...place }: CallPlace): NewFileChange[] =>
  drafts.map((draft, index) => ({
    ...place,
    id: `${key}/${index}`,
    kind: draft.kind,
    path: draft.path,
    from: draft.from,
    baseHash: draft.before?.hash ?? null,
    diskHash: draft.disk?.hash ?? null,
    afterHash: draft.after ? hashOf(draft.after.bytes) : null,
    mode: draft.after?.mode ?? null,
    ...shown({ ...draft, before: draft.before?.bytes ?? null, after: draft.after?.bytes ?? null }),
    notes: noticesOf(draft).slice(0, maxNotes),
  }));

/** Contents of both sides, by their hash. */
export const contentsOf = (drafts: readonly Draft[]): Map<string, Buffer> => {
  const contents = new Map<string, Buffer>();
  for (const { before, after } of drafts) {
    if (before) contents.set(before.hash, before.bytes);
    if (after) contents.set(hashOf(after.bytes), after.bytes);
  }
  return contents;
};

/** What is done on disk, in order. */
export const stepsOf = (change: {
  kind: ChangeKind;
  path: string;
  from: string | null;
  before: FileState | null;
  after: FileState | null;
}): FileStep[] => {
  const { kind, path, from, before, after } = change;
  if (kind !== 'rename' || from === null) return [{ path, before, after }];
  // Written before it is removed: at every moment it is there under one of its names.
  return [
    { path, before: null, after },
    { path: from, before, after: null },
  ];
};

/** Several steps as one for each path. */
export const netSteps = (steps: readonly FileStep[]): FileStep[] => {
  const net = new Map<string, FileStep>();
  for (const step of steps) {
    const earlier = net.get(step.path);
    if (earlier) earlier.after = step.after;
    else {
      const { path, before, after, made } = step;
      net.set(path, { path, before, after, ...(made === undefined ? {} : { made }) });
    }
  }
  return [...net.values()].filter(({ before, after }) => before?.hash !== after?.hash || before?.mode !== after?.mode);
};

/** No one may write it, so it is meant to stay. A rename over it would not notice. */
const isReadOnly = ({ mode }: FileState): boolean => (mode & 0o222) === 0;

export const checkDrafts = (drafts: readonly Draft[]): void => {
  for (const { before, after, path, from } of drafts) {
    if (before && isReadOnly(before)) {
      const name = drafts.length === 1 ? 'it' : quote(from ?? path);
      throw failed(
        `${name} is read-only (mode ${before.mode.toString(8)}); if it is meant to change, make it writable first`,
      );
    }
    if (!path.isWellFormed())
      throw failed('its name holds half of a surrogate pair; give it a name of whole characters');
    if (after) checkSize(after.bytes.length);
  }
};
