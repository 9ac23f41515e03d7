import type { Kill } from './killer.ts';
import type { RunRecord, Span } from './outcome.ts';
import type { Played } from './play.ts';

export type Recovered = Kill & {
  /** Since the start of the run. */
  afterMs: number;
  /** To the next progress. */
  recoveredMs: number;
  /** The longest time without progress from this kill to the next one, or to the end of the run. */
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
    const until = kills[place + 1]?.at ?? record.settledAt;
    const moments = [kill.at, ...progress.filter((at) => at > kill.at && at < until), until];
    const gaps = moments.slice(1).map((to, index) => lengthOf({ from: moments[index] ?? to, to }, record.waited));
    const next = progress.find((at) => at > kill.at) ?? kill.at;
    return {
      ...kill,
      afterMs: kill.at - startedAt,
      recoveredMs: lengthOf({ from: kill.at, to: next }, record.waited),
      haltMs: Math.max(0, ...gaps),
    };
  });
};
