import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';

export const addPause = (program: Command): void => {
  program
    .command('pause')
    .description('start no further steps or agents of a run; running ones finish')
    .argument('<run>', 'its id')
    .option('--json', 'the run as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => setPaused(id, true, options)));
};

export const addResume = (program: Command): void => {
  program
    .command('resume')
    .description('resume a paused run')
    .argument('<run>', 'its id')
    .option('--json', 'the run as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => setPaused(id, false, options)));
};

const setPaused = async (id: string, paused: boolean, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const run = paused ? await api.pauseRun(id) : await api.resumeRun(id);
  if (json) printJson(run);
  else process.stdout.write(paused ? `Paused ${id}. Resume it: npx everturn resume ${id}\n` : `${id} goes on\n`);
};
