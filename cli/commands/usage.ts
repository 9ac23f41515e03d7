import { type Command, InvalidArgumentError } from 'commander';
import {
  UsageDimension,
  type UsageReport,
  type UsageRow,
  usageCsv,
  usageDimensions,
} from '../../contracts/usage-report.ts';
import { connect } from '../connect.ts';
import { type JsonOption, printText } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type UsageOptions = JsonOption & {
  by: UsageDimension[];
  from?: string;
  to?: string;
  session?: string;
  run?: string;
  csv?: boolean;
};

const dimensions = (text: string): UsageDimension[] =>
  [...new Set(text.split(','))].map((word) => {
    const { success, data } = UsageDimension.safeParse(word);
    if (success) return data;
    throw new InvalidArgumentError(`"${word}" is not one of ${usageDimensions.join(', ')}.`);
  });

export const addUsage = (program: Command): void => {
  program
    .command('usage')
    .description('show usage and cost of model requests')
    .option('--by <dimensions>', `${usageDimensions.join(', ')}, or several with commas`, dimensions, ['day'])
    .option('--from <day>', 'from this day or time on (UTC)')
    .option('--to <day>', 'before this day or time')
    .option('--session <id>', 'only this session')
    .option('--run <id>', 'only this run, with its background agents')
    .option('--csv', 'as CSV')
    .option('--json', 'one JSON line for each row')
    .action((options: UsageOptions) => runCommand(options, () => usage(options)));
};

const usage = async ({ by, from, to, session, run, csv, json }: UsageOptions): Promise<void> => {
  const { api } = await connect();
  const report = await api.usageReport({ by: by.join(','), from, to, session, run });
  if (csv) printText(usageCsv(by, report));
  else if (json) for (const row of report.rows) printJson(row);
  else if (report.rows.length === 0) process.stderr.write('No requests\n');
  else process.stdout.write(`${words(by, report)}\n`);
  if (report.isCut) process.stderr.write('There are more rows: narrow it down with --from and --to\n');
};

const costOf = ({ cost, unpriced, requests }: Pick<UsageRow, 'cost' | 'unpriced' | 'requests'>): string => {
  if (cost === null) return 'unknown';
  return `$${cost.toFixed(cost < 1 ? 4 : 2)}${unpriced > 0 && unpriced < requests ? '+?' : ''}`;
};

const number = (value: number): string => value.toLocaleString('en');

const words = (by: readonly UsageDimension[], { rows, total }: UsageReport): string => {
  const columns: Column<UsageRow>[] = [
    ...by.map((name): Column<UsageRow> => ({ title: name.toUpperCase(), value: ({ of }) => of[name] ?? '-' })),
    { title: 'REQUESTS', value: ({ requests }) => number(requests), align: 'right' },
    { title: 'INPUT', value: ({ input }) => number(input), align: 'right' },
    { title: 'CACHED', value: ({ cacheRead }) => number(cacheRead), align: 'right' },
    { title: 'WRITTEN', value: ({ cacheWrite }) => number(cacheWrite), align: 'right' },
    { title: 'OUTPUT', value: ({ output }) => number(output), align: 'right' },
    { title: 'REASONING', value: ({ reasoning }) => number(reasoning), align: 'right' },
    { title: 'ESTIMATED', value: ({ estimated }) => number(estimated), align: 'right' },
    { title: 'COST', value: costOf, align: 'right' },
  ];
  const all: UsageRow = { ...total, of: { [by[0] ?? 'day']: 'total' } };
  return table(columns, rows.length > 1 ? [...rows, all] : rows, styleOf(process.stdout));
};
