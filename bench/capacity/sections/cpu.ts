import type { Section } from '../../report.ts';
import { groups, type Row } from '../contestant.ts';
import type { Point } from '../point.ts';
import { cpuBesideServer, cpuOf, medianOf, pointsAt } from '../results.ts';
import { counted } from '../workload.ts';

/** Where CPU time is compared: at 50 sessions, else at the size next to it. */
export const cpuSize = (sizes: readonly number[]): number =>
  sizes.reduce((best, size) => (Math.abs(size - 50) < Math.abs(best - 50) ? size : best), sizes[0] ?? 1);

export const cpuSection = (points: readonly Point[], sessions: number, rows: readonly Row[]): Section => {
  const columns: [string, (point: Point) => number][] = [
    ...groups.map((group): [string, (point: Point) => number] => [group, ({ cpuMs }) => cpuMs[group] ?? 0]),
    ['all', cpuOf],
    ['all but server', cpuBesideServer],
    ['(model)', ({ cpuMs }) => cpuMs.model ?? 0],
    ['(bench)', ({ cpuMs }) => cpuMs.load ?? 0],
  ];
  return {
    title: `CPU milliseconds of a turn with ${counted(sessions)} live, by process`,
    table: {
      head: columns.map(([head]) => head),
      rows: rows.map(({ name, label }) => {
        const own = pointsAt(points, name, sessions);
        return { label, cells: columns.map(([, pick]) => medianOf(own, pick) || null) };
      }),
    },
    figures: [],
  };
};
