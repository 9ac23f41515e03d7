import type { Run } from './text-blocks.ts';

const kinds = ['same', 'removed', 'added'] as const;

/** As numbers, which cost nothing to hand over. */
export const packRuns = (runs: readonly Run[]): Uint32Array =>
  Uint32Array.from(runs.flatMap((run) => [kinds.indexOf(run.kind), run.old, run.new, run.count]));

export const unpackRuns = (packed: Uint32Array): Run[] =>
  Array.from({ length: packed.length / 4 }, (_, at): Run => {
    const [kind = 0, old = 0, fresh = 0, count = 0] = packed.subarray(at * 4, at * 4 + 4);
    return { kind: kinds[kind] ?? 'same', old, new: fresh, count };
  });

/** Unchanged lines that are shown around a change. */
const around = 3;
/** How many more lines one press shows. */
export const stepLines = 20;

/** Lines that are shown, or a gap in their place. `run` is the number of the run they are of. */
export type Segment = { kind: Run['kind'] | 'gap'; run: number; old: number; new: number; count: number; row: number };

/** How many lines of a run of equal ones are shown at its beginning and end, beyond those around a change. */
export type Opened = ReadonlyMap<number, { above: number; below: number }>;

/** What is shown of the runs. `row` counts rows; a gap is one row. */
export const segmentsOf = (runs: readonly Run[], opened: Opened): { segments: Segment[]; rows: number } => {
  const segments: Segment[] = [];
  let row = 0;
  const add = (kind: Segment['kind'], run: number, { old, new: fresh }: Run, from: number, to: number): void => {
    if (to <= from) return;
    segments.push({ kind, run, old: old + from, new: fresh + from, count: to - from, row });
    row += kind === 'gap' ? 1 : to - from;
  };
  runs.forEach((run, at) => {
    if (run.kind !== 'same') {
      add(run.kind, at, run, 0, run.count);
      return;
    }
    const more = opened.get(at) ?? { above: 0, below: 0 };
    const head = (at === 0 ? 0 : around) + more.above;
    const tail = (at === runs.length - 1 ? 0 : around) + more.below;
    // A gap of one line would take the place of the line.
    if (head + tail + 1 >= run.count) {
      add('same', at, run, 0, run.count);
      return;
    }
    add('same', at, run, 0, head);
    add('gap', at, run, head, run.count - tail);
    add('same', at, run, run.count - tail, run.count);
  });
  return { segments, rows: row };
};

/** A stretch of rows with an old and a new line each; of changed lines, `olds` rows have an old one and `news` a new one. */
export type Pair = Omit<Segment, 'kind'> & { kind: 'same' | 'changed' | 'gap'; olds: number; news: number };

/** The same rows side by side: removed lines are next to the added ones that follow. */
export const pairsOf = (segments: readonly Segment[]): { pairs: Pair[]; rows: number } => {
  const pairs: Pair[] = [];
  let row = 0;
  for (const segment of segments) {
    const { kind, count } = segment;
    const last = pairs.at(-1);
    if (kind === 'added' && last?.kind === 'changed' && last.news === 0) {
      row += Math.max(0, count - last.count);
      Object.assign(last, { new: segment.new, news: count, count: Math.max(last.count, count) });
      continue;
    }
    const isChanged = kind === 'removed' || kind === 'added';
    const olds = kind === 'added' ? 0 : count;
    const news = kind === 'removed' ? 0 : count;
    pairs.push({ ...segment, kind: isChanged ? 'changed' : kind, row, olds, news });
    row += kind === 'gap' ? 1 : count;
  }
  return { pairs, rows: row };
};

/** The segment that holds a row. */
export const segmentAt = (segments: readonly { row: number }[], row: number): number => {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.row ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
};
