import type { Section } from '../../report.ts';
import { type ContestantName, groups, titles } from '../contestant.ts';
import type { Point } from '../point.ts';
import { cpuBesideServer, cpuOf, medianOf, pointsAt } from '../results.ts';

/** Where CPU time is compared: at 50 sessions, else at the size next to it. */
export const cpuSize = (sizes: readonly number[]): number =>
  sizes.reduce((best, size) => (Math.abs(size - 50) < Math.abs(best - 50) ? size : best), sizes[0] ?? 1);

export const cpuSection = (points: readonly Point[], sessions: number, names: readonly ContestantName[]): Section => {
  const columns: [string, (point: Point) => number][] = [
    ...groups.map((group): [string, (point: Point) => number] => [group, ({ cpuMs }) => cpuMs[group] ?? 0]),
    ['all', cpuOf],
    ['all but server', cpuBesideServer],
    ['(model)', ({ cpuMs }) => cpuMs.model ?? 0],
    ['(bench)', ({ cpuMs }) => cpuMs.load ?? 0],
  ];
  return {
    title: `CPU milliseconds of a turn with ${sessions} sessions live, by process`,
    table: {
      head: columns.map(([head]) => head),
      rows: names.map((name) => {
        const own = pointsAt(points, name, sessions);
        return { label: titles[name], cells: columns.map(([, pick]) => medianOf(own, pick) || null) };
      }),
    },
    figures: [],
  };
};
