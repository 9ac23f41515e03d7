import type { Point } from './layout.ts';

/** A line through the points, its corners rounded. */
export const pathOf = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = [`M${first.x.toFixed(1)} ${first.y.toFixed(1)}`];
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    const end = next ? { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 } : point;
    parts.push(`Q${point.x.toFixed(1)} ${point.y.toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}`);
  });
  return parts.join(' ');
};
