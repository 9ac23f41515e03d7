import { type Command, Option } from 'commander';
import { AuditAction, type AuditRecord } from '../../contracts/audit.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { readPages } from '../pages.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type AuditOptions = JsonOption & { user?: string; action?: AuditAction; target?: string; limit: number };

export const addAudit = (program: Command): void => {
  program
    .command('audit')
    .description('list who did what, newest first (admins)')
    .option('--user <name>', 'what this user did')
    .addOption(new Option('--action <action>', 'acts of this kind').choices(AuditAction.options))
    .option('--target <id>', 'acts on this session, run, approval or user')
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 50)
    .option('--json', 'one JSON line for each')
    .action((options: AuditOptions) => runCommand(options, () => audit(options)));
};

const detailOf = ({ detail }: AuditRecord): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');

const columns: Column<AuditRecord>[] = [
  { title: 'AT', value: ({ at }) => at },
  { title: 'USER', value: ({ user }) => user },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'TARGET', value: ({ target }) => target },
  { title: 'DETAIL', value: detailOf },
];

const audit = async ({ user, action, target, limit, json }: AuditOptions): Promise<void> => {
  const { api } = await connect();
  const records = await readPages(limit, async (page) => {
    const { records: rows, nextCursor } = await api.listAudit({ ...page, user, action, target });
    return { rows, nextCursor };
  });
  if (json) for (const record of records) printJson(record);
  else if (records.length > 0) process.stdout.write(`${table(columns, records, styleOf(process.stdout))}\n`);
  else process.stderr.write('No such acts\n');
};
