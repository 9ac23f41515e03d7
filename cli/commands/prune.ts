import type { Command } from 'commander';
import type { PruneItem, PruneResult, Retention } from '../../contracts/prune.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type PruneOptions = JsonOption & Retention & { yes?: boolean };

export const addPrune = (program: Command): void => {
  program
    .command('prune')
    .description('list what the retention policy of everturn.yaml would delete; --yes deletes it (admins)')
    .option('--idle-days <days>', 'sessions that were not used for this many days', wholeNumber(1))
    .option('--archived-days <days>', 'sessions that were archived this many days ago', wholeNumber(1))
    .option('--run-days <days>', 'runs that ended this many days ago, with their sessions', wholeNumber(1))
    .option('--yes', 'delete them; this cannot be undone')
    .option('--json', 'one JSON line')
    .action((options: PruneOptions) => runCommand(options, () => prune(options)));
};

const columns: Column<PruneItem>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'SINCE', value: ({ because, since }) => `${because} ${since.slice(0, 10)}` },
  { title: 'TITLE', value: ({ title }) => title },
];

const prune = async ({ yes = false, json, idleDays, archivedDays, runDays }: PruneOptions): Promise<void> => {
  const { api } = await connect();
  const given: Retention = {
    ...(idleDays === undefined ? {} : { idleDays }),
    ...(archivedDays === undefined ? {} : { archivedDays }),
    ...(runDays === undefined ? {} : { runDays }),
  };
  const result = await api.prune({ dryRun: !yes, ...(Object.keys(given).length > 0 ? { policy: given } : {}) });
  if (json) return printJson(result);
  const { items } = result;
  if (items.length > 0) process.stdout.write(`${table(columns, items, styleOf(process.stdout))}\n`);
  process.stderr.write(`${wordsOf(result)}\n`);
};

const wordsOf = ({ dryRun, policy, items, isCut }: PruneResult): string => {
  if (Object.keys(policy).length === 0) {
    return 'Nothing is deleted: there is no policy. Set retention in everturn.yaml, or pass --idle-days, --archived-days or --run-days';
  }
  if (items.length === 0) return 'Nothing is old enough';
  const more = isCut ? ' There is more: prune again' : '';
  return dryRun
    ? `Would delete ${items.length}. To do it: npx everturn prune --yes${more}`
    : `Deleted ${items.length}${more}`;
};
