import { changesOf, linesOf } from '../../../contracts/diff/lines.ts';
import { packRuns } from './diff-rows.ts';
import { highlight } from './highlight.ts';
import { languageOfPath } from './languages.ts';
import type { CompareReply, CompareRequest, Run } from './text-blocks.ts';

const startsOf = (lines: readonly string[]): Uint32Array => {
  const starts = new Uint32Array(lines.length);
  let at = 0;
  lines.forEach((line, index) => {
    starts[index] = at;
    at += line.length;
  });
  return starts;
};

/** The difference of two texts as stretches of lines, in order. */
export const runsOf = (before: readonly string[], after: readonly string[]): Run[] => {
  const runs: Run[] = [];
  let at = { old: 0, new: 0 };
  const add = (kind: Run['kind'], old: number, fresh: number, count: number): void => {
    if (count > 0) runs.push({ kind, old, new: fresh, count });
  };
  for (const { old, new: fresh } of changesOf(before, after)) {
    add('same', at.old, at.new, old.from - at.old);
    add('removed', old.from, fresh.from, old.to - old.from);
    add('added', old.to, fresh.from, fresh.to - fresh.from);
    at = { old: old.to, new: fresh.to };
  }
  add('same', at.old, at.new, before.length - at.old);
  return runs;
};

const countOf = (runs: readonly Run[], kind: Run['kind']): number =>
  runs.reduce((sum, run) => (run.kind === kind ? sum + run.count : sum), 0);

export const compare = async ({ from, to, path, colours }: CompareRequest): Promise<CompareReply> => {
  const [before, after] = [linesOf(from), linesOf(to)];
  const runs = runsOf(before, after);
  const language = languageOfPath(path);
  return {
    runs: packRuns(runs),
    added: countOf(runs, 'added'),
    removed: countOf(runs, 'removed'),
    oldStarts: startsOf(before),
    newStarts: startsOf(after),
    oldMarks: colours ? await highlight(from, language) : null,
    newMarks: colours ? await highlight(to, language) : null,
  };
};
