import { table } from './table.ts';

/** One line of a report. A ratio has the unit `×`. */
export type Figure = {
  label: string;
  value: number;
  unit: string;
  /** Over the rounds, of which `value` is the median. */
  min?: number;
  max?: number;
  /** The most it may be. */
  target?: number;
};

export type Section = { title: string; figures: Figure[] };
export type Report = {
  name: string;
  startedAt: string;
  machine: string;
  node: string;
  sections: Section[];
  /** Parts that could not be measured, and why. */
  failures: string[];
};

/** Three digits are more than a shared machine can tell. */
const digits = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(Math.abs(value) < 1 ? 2 : 3);
};

const withUnit = (value: number, unit: string): string => `${digits(value)}${unit === '×' ? '' : ' '}${unit}`.trim();

const rowOf = ({ label, value, unit, min, max, target }: Figure): string[] => [
  label,
  withUnit(value, unit),
  min === undefined || max === undefined ? '' : `${digits(min)} – ${digits(max)}`,
  target === undefined ? '' : `≤ ${withUnit(target, unit)}`,
  target === undefined ? '' : value <= target ? 'met' : 'MISSED',
];

export const printReport = ({ name, startedAt, machine, node, sections, failures }: Report): void => {
  console.log(`bench ${name}, ${startedAt}, ${machine}, Node ${node}`);
  for (const { title, figures } of sections) {
    console.log(`\n${title}`);
    console.log(table(['', 'value', 'min – max', 'target', ''], figures.map(rowOf)));
  }
  for (const failure of failures) console.log(`\n${failure}`);
};
