import type { Section } from '../../report.ts';
import type { ContestantName, Row } from '../contestant.ts';
import { kneeOf } from '../knee.ts';
import { maxSessions, probesOf } from '../measure.ts';
import type { Point } from '../point.ts';
import { medianOf, overRounds, p50, p95, pointsAt } from '../results.ts';
import { kneeRatio } from '../workload.ts';

export const kneeIn = (points: readonly Point[], name: ContestantName, round: number): number | undefined => {
  const probes = probesOf(points, name, round);
  return probes.length > 0 ? kneeOf(probes) : undefined;
};

/** One row for each contestant: what a turn takes with so many sessions live, and when the machine is full. */
export const timesSection = (points: readonly Point[], sizes: readonly number[], rows: readonly Row[]): Section => {
  const cellsOf = (name: ContestantName): (number | null)[] => [
    ...sizes.flatMap((sessions) => {
      const own = pointsAt(points, name, sessions);
      const seconds = [medianOf(own, (point) => p50(point) / 1000), medianOf(own, (point) => p95(point) / 1000)];
      if (sessions === 1) return seconds;
      const ratio = (round: number): number | undefined =>
        probesOf(points, name, round).find((probe) => probe.sessions === sessions)?.ratio;
      return [...seconds, overRounds(points, ratio)?.value ?? null];
    }),
    overRounds(points, (round) => kneeIn(points, name, round))?.value ?? null,
  ];
  const head = sizes.flatMap((sessions) => {
    const times = [`${sessions}: p50`, `${sessions}: p95`];
    return sessions === 1 ? times : [...times, `${sessions}: × one`];
  });
  return {
    title: `A turn in seconds, by sessions live; knee: the most sessions with p50 ≤ ${kneeRatio} × that of one, up to ${maxSessions(sizes)}`,
    table: { head: [...head, 'knee'], rows: rows.map(({ name, label }) => ({ label, cells: cellsOf(name) })) },
    figures: [],
  };
};
