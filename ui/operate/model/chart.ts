import type { UsageReport } from '../../../contracts/usage-report.ts';

export const series = ['cached', 'input', 'output', 'cost'] as const;
export type Series = (typeof series)[number];
export type Measure = 'tokens' | 'cost';

/** One day: heights in parts of the tallest, from the bottom up. */
export type Bar = { day: string; total: number; parts: { series: Series; value: number; share: number }[] };
export type Chart = { bars: Bar[]; most: number; ticks: number[] };

/** 1, 2 or 5 times a power of ten, so that two to five lines fit below the most. */
const stepOf = (most: number): number => {
  const raw = most / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((one) => one * power >= raw) ?? 10;
  return step * power;
};

const partsOf = (row: UsageReport['rows'][number] | undefined, measure: Measure): [Series, number][] => {
  if (!row) return [];
  if (measure === 'cost') return [['cost', row.cost ?? 0]];
  const cached = Math.min(row.cacheRead, row.input);
  return [
    ['cached', cached],
    ['input', row.input - cached],
    ['output', row.output],
  ];
};

/** A bar for every day, those without requests too. */
export const chartOf = (days: readonly string[], report: UsageReport, measure: Measure): Chart => {
  const byDay = new Map(report.rows.map((row) => [row.of.day ?? '', row]));
  const values = days.map((day) => ({ day, parts: partsOf(byDay.get(day), measure) }));
  const totals = values.map(({ parts }) => parts.reduce((sum, [, value]) => sum + value, 0));
  const most = Math.max(0, ...totals);
  if (most === 0) return { bars: days.map((day) => ({ day, total: 0, parts: [] })), most: 0, ticks: [] };
  const step = stepOf(most);
  const top = Math.ceil(most / step - 1e-9) * step;
  return {
    most: top,
    ticks: Array.from({ length: Math.round(top / step) }, (_, at) => (at + 1) * step),
    bars: values.map(({ day, parts }, at) => ({
      day,
      total: totals[at] ?? 0,
      parts: parts
        .filter(([, value]) => value > 0)
        .map(([name, value]) => ({ series: name, value, share: value / top })),
    })),
  };
};
