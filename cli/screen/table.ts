import stringWidth from 'string-width';
import { oneLine, type Style } from './style.ts';

export type Column<Row> = {
  title: string;
  value(row: Row): string;
  /** Numbers are on the right. Default: left. */
  align?: 'right';
  /** Longer values are cut. Default 60. */
  max?: number;
  paint?(text: string, row: Row): string;
};

/** One line for the titles, one for each row. */
export const table = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: Style): string => {
  const cells = rows.map((row) => columns.map(({ value, max = 60 }) => oneLine(value(row), max)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => stringWidth(row[index] ?? ''))),
  );
  const pad = (text: string, index: number): string => {
    const width = widths[index] ?? 0;
    const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
    if (columns[index]?.align === 'right') return space + text;
    return index === columns.length - 1 ? text : text + space;
  };
  const head = style.dim(columns.map(({ title }, index) => pad(title, index)).join('  '));
  const lines = rows.map((row, at) =>
    columns
      .map(({ paint }, index) => {
        const text = pad(cells[at]?.[index] ?? '', index);
        return paint ? paint(text, row) : text;
      })
      .join('  '),
  );
  return [head, ...lines].join('\n');
};
