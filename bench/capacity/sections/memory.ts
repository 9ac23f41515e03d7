import type { Figure, Section } from '../../report.ts';
import { spreadOf } from '../../stats.ts';
import type { Row } from '../contestant.ts';
import type { Point } from '../point.ts';
import { pointsAt } from '../results.ts';

const kilo = 1024;

export const memorySection = (points: readonly Point[], sessions: number, rows: readonly Row[]): Section => {
  const figures = rows.flatMap(({ name, label }): Figure[] => {
    const own = pointsAt(points, name, sessions).map(({ bytesPerSession }) => bytesPerSession / kilo);
    if (!own.some((kb) => kb !== 0)) return [];
    const { median: value, min, max } = spreadOf(own);
    return [{ label, unit: 'KB', value, ...(own.length > 1 ? { min, max } : {}) }];
  });
  return {
    title: `Memory of a live session: PSS with ${sessions} of them in their first reply, less that before`,
    figures,
  };
};
