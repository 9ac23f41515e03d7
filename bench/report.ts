import { table } from './table.ts';

/** One line of a report. A ratio has the unit `×`. */
export type Figure = {
  label: string;
  value: number;
  unit: string;
  /** Where the value is that of a bad case: the median. */
  typical?: number;
  /** Over the rounds, of which `value` is the median. */
  min?: number;
  max?: number;
  /** The most it may be. */
  target?: number;
  /** The least it may be. */
  atLeast?: number;
};

/** Several values of each row side by side; null where nothing was measured. */
export type Table = { head: string[]; rows: { label: string; cells: (number | null)[] }[] };

export type Section = { title: string; table?: Table; figures: Figure[] };
export type Report = {
  name: string;
  startedAt: string;
  machine: string;
  node: string;
  sections: Section[];
  /** What a reader of the figures must know. */
  notes?: string[];
  /** Parts that could not be measured, and why. */
  failures: string[];
};

/** Three digits are more than a shared machine can tell. */
const digits = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(Math.abs(value) < 1 ? 2 : 3);
};

const withUnit = (value: number, unit: string): string => `${digits(value)}${unit === '×' ? '' : ' '}${unit}`.trim();

const goalOf = ({ value, unit, target, atLeast }: Figure): [goal: string, outcome: string] => {
  if (target !== undefined) return [`≤ ${withUnit(target, unit)}`, value <= target ? 'met' : 'MISSED'];
  if (atLeast !== undefined) return [`≥ ${withUnit(atLeast, unit)}`, value >= atLeast ? 'met' : 'MISSED'];
  return ['', ''];
};

const rowOf = (figure: Figure, hasTypical: boolean): string[] => {
  const { label, value, unit, min, max, typical } = figure;
  const spread = min === undefined || max === undefined ? '' : `${digits(min)} – ${digits(max)}`;
  const p50 = typical === undefined ? '' : withUnit(typical, unit);
  return [label, ...(hasTypical ? [p50] : []), withUnit(value, unit), spread, ...goalOf(figure)];
};

const figureTable = (figures: readonly Figure[]): string => {
  const hasTypical = figures.some(({ typical }) => typical !== undefined);
  const head = ['', ...(hasTypical ? ['p50', 'p95'] : ['value']), 'min – max', 'target', ''];
  return table(
    head,
    figures.map((figure) => rowOf(figure, hasTypical)),
  );
};

const tableRow = ({ label, cells }: Table['rows'][number]): string[] => [
  label,
  ...cells.map((cell) => (cell === null ? '' : digits(cell))),
];

export const printReport = ({ name, startedAt, machine, node, sections, notes, failures }: Report): void => {
  console.log(`bench ${name}, ${startedAt}, ${machine}, Node ${node}`);
  for (const section of sections) {
    console.log(`\n${section.title}`);
    if (section.table) console.log(table(['', ...section.table.head], section.table.rows.map(tableRow)));
    if (section.figures.length > 0) console.log(figureTable(section.figures));
  }
  for (const note of notes ?? []) console.log(`\n${note}`);
  for (const failure of failures) console.log(`\n${failure}`);
};
