import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';

type ForkOptions = JsonOption & { turn?: number; title?: string };

export const addFork = (program: Command): void => {
  program
    .command('fork')
    .description('start a new session from the conversation of another')
    .argument('<session>', 'its id')
    .option('--turn <number>', 'the last turn to include; default: the last one that has ended', wholeNumber(1))
    .option('--title <text>', 'the title of the new session')
    .option('--json', 'the new session as one JSON line')
    .action((id: string, options: ForkOptions) => runCommand(options, () => fork(id, options)));
};

const fork = async (id: string, { turn, title, json }: ForkOptions): Promise<void> => {
  const { api } = await connect();
  const made = await api.forkSession(id, {
    ...(turn === undefined ? {} : { turn }),
    ...(title === undefined ? {} : { title }),
  });
  if (json) return printJson(made);
  process.stdout.write(`${made.id}\n`);
  process.stderr.write(`Continue it: npx everturn send ${made.id} "…"\n`);
};
