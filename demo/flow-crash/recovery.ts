import type { Kill } from './killer.ts';
import type { RunRecord, Span } from './outcome.ts';
import type { Played } from './play.ts';

export type Recovered = Kill & {
  /** Since the start of the run. */
  afterMs: number;
  /** To the next progress. */
  recoveredMs: number;
  /** The longest time without progress that begins before the next kill. */
  haltMs: number;
};

/** What moves a run: a step that begins or ends, a model that is asked, the end of the run. */
const progressOf = ({ requests }: Played, { nodes, settledAt, waited }: RunRecord): number[] =>
  [
    ...nodes.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).flatMap((at) => (at ? [Date.parse(at)] : [])),
    ...requests.map(({ startedAt }) => startedAt),
    waited.to,
    settledAt,
  ].toSorted((a, b) => a - b);

/** Without the time in which the run waited for a person. */
const lengthOf = ({ from, to }: Span, waited: Span): number =>
  to - from - Math.max(0, Math.min(to, waited.to) - Math.max(from, waited.from));

export const recoveries = (played: Played, record: RunRecord): Recovered[] => {
  const progress = progressOf(played, record);
  const { kills, startedAt } = played;
  return kills.map((kill, place) => {
    const until = kills[place + 1]?.at ?? Number.POSITIVE_INFINITY;
    const after = progress.filter((at) => at > kill.at);
    const begins = [kill.at, ...after.filter((at) => at < until)];
    const gaps = begins.map((from, index) => lengthOf({ from, to: after[index] ?? from }, record.waited));
    return { ...kill, afterMs: kill.at - startedAt, recoveredMs: gaps[0] ?? 0, haltMs: Math.max(...gaps) };
  });
};
