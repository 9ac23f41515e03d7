import type { Figure, Section } from '../../report.ts';
import { type ContestantName, titles } from '../contestant.ts';
import type { Point } from '../point.ts';
import { cpuBesideServer, cpuOf, overRounds, p50, pointsAt } from '../results.ts';
import { kneeIn } from './times.ts';

type Goal = Pick<Figure, 'target' | 'atLeast'>;
type Measure = (name: ContestantName, round: number) => number | undefined;

/** Ratios of ours to the others, each made within a round. */
export const comparedSection = (
  points: readonly Point[],
  { sizes, cpuAt }: { sizes: readonly number[]; cpuAt: number },
): Section => {
  const ratio = (what: string, measure: Measure, other: ContestantName, goal: Goal = {}): Figure[] => {
    const spread = overRounds(points, (round) => {
      const [ours, theirs] = [measure('ours', round), measure(other, round)];
      return ours === undefined || theirs === undefined ? undefined : ours / theirs;
    });
    return spread ? [{ label: `${what}, ours / ${titles[other]}`, unit: '×', ...spread, ...goal }] : [];
  };
  const at =
    (sessions: number, pick: (point: Point) => number): Measure =>
    (name, round) => {
      const point = pointsAt(points, name, sessions).find((one) => one.round === round);
      // Zero is what systems without /proc report.
      return (point && pick(point)) || undefined;
    };
  const knee: Measure = (name, round) => kneeIn(points, name, round);
  const cpu = at(cpuAt, cpuOf);
  const cpuAlone = at(cpuAt, cpuBesideServer);
  return {
    title: 'Ours against the others',
    figures: [
      ...ratio('knee', knee, 'turn', { atLeast: 1 }),
      ...ratio('knee (stretch: 1)', knee, 'activity'),
      ...(['session', 'plain', 'langgraph', 'restate'] as const).flatMap((other) => ratio('knee', knee, other)),
      ...ratio('CPU of a turn', cpu, 'session', { target: 1 }),
      ...ratio('CPU of a turn (stretch: 1)', cpu, 'turn'),
      ...(['activity', 'plain', 'langgraph', 'restate'] as const).flatMap((other) =>
        ratio('CPU of a turn', cpu, other),
      ),
      ...ratio('CPU of a turn without Temporal’s server', cpuAlone, 'turn', { target: 1.3 }),
      ...sizes.flatMap((sessions) => ratio(`p50 at ${sessions}`, at(sessions, p50), 'turn')),
    ],
  };
};
