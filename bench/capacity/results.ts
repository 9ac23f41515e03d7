import type { Figure } from '../report.ts';
import { median, percentile, spreadOf } from '../stats.ts';
import { type ContestantName, groups } from './contestant.ts';
import type { Point } from './point.ts';

export const p50 = ({ turns }: Point): number => median(turns.map(({ ms }) => ms));
export const p95 = ({ turns }: Point): number =>
  percentile(
    turns.map(({ ms }) => ms),
    0.95,
  );

/** CPU milliseconds of a turn that its contestant is charged with. */
export const cpuOf = ({ cpuMs }: Point): number => groups.reduce((sum, group) => sum + (cpuMs[group] ?? 0), 0);

/** The same without Temporal's or Restate's server, which runs elsewhere in production. */
export const cpuBesideServer = (point: Point): number => cpuOf(point) - (point.cpuMs.server ?? 0);

/** The points of one contestant at one size, a round each. */
export const pointsAt = (points: readonly Point[], name: ContestantName, sessions: number): Point[] =>
  points.filter((point) => point.contestant === name && point.sessions === sessions);

export const roundsOf = (points: readonly Point[]): number[] => [...new Set(points.map(({ round }) => round))];

/** Over the rounds in which it can be told; null when there is none. */
export const overRounds = (
  points: readonly Point[],
  pick: (round: number) => number | undefined,
): Pick<Figure, 'value' | 'min' | 'max'> | null => {
  const values = roundsOf(points)
    .map(pick)
    .filter((value) => value !== undefined);
  if (values.length === 0) return null;
  const { median: value, min, max } = spreadOf(values);
  return values.length > 1 ? { value, min, max } : { value };
};

/** The median over rounds for a table; null where nothing was measured. */
export const medianOf = (points: readonly Point[], pick: (point: Point) => number): number | null =>
  points.length > 0 ? median(points.map(pick)) : null;
