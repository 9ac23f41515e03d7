import { type Change, changesOf, linesOf, type Range } from './lines.ts';

/** Unchanged lines that are shown around a change. */
const around = 3;

/** Changes that are shown, and decided on, together. `old` and `new` are the lines shown, those around them too. */
export type Hunk = { old: Range; new: Range; changes: Change[] };

export type Diff = { before: string[]; after: string[]; hunks: Hunk[] };

const wider = ({ old, new: fresh }: Change, { before, after }: Pick<Diff, 'before' | 'after'>) => {
  const above = Math.min(around, old.from, fresh.from);
  const below = Math.min(around, before.length - old.to, after.length - fresh.to);
  return {
    old: { from: old.from - above, to: old.to + below },
    new: { from: fresh.from - above, to: fresh.to + below },
  };
};

export const diffOf = (before: string, after: string): Diff => {
  const texts = { before: linesOf(before), after: linesOf(after) };
  const hunks: Hunk[] = [];
  for (const change of changesOf(texts.before, texts.after)) {
    const { old, new: fresh } = wider(change, texts);
    const last = hunks.at(-1);
    if (last && old.from <= last.old.to) {
      last.old.to = old.to;
      last.new.to = fresh.to;
      last.changes.push(change);
    } else hunks.push({ old, new: fresh, changes: [change] });
  }
  return { ...texts, hunks };
};

/** The old text with some of the hunks, by their numbers from 0. */
export const withHunks = ({ before, after, hunks }: Diff, chosen: ReadonlySet<number>): string => {
  const pieces: string[] = [];
  let at = 0;
  hunks.forEach(({ changes }, number) => {
    if (!chosen.has(number)) return;
    for (const { old, new: fresh } of changes) {
      pieces.push(...before.slice(at, old.from), ...after.slice(fresh.from, fresh.to));
      at = old.to;
    }
  });
  return [...pieces, ...before.slice(at)].join('');
};

/** Lines that a diff adds and removes. */
export const countsOf = ({ hunks }: Diff): { added: number; removed: number } => {
  const changes = hunks.flatMap((hunk) => hunk.changes);
  return {
    added: changes.reduce((sum, { new: { from, to } }) => sum + to - from, 0),
    removed: changes.reduce((sum, { old: { from, to } }) => sum + to - from, 0),
  };
};
