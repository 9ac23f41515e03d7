import type { Command } from 'commander';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { shutDown } from '../supervisor/shut-down.ts';

export const addDown = (program: Command): void => {
  program
    .command('down')
    .description('stop the stack of this folder; its data is kept')
    .option('--json', 'one JSON line')
    .action((options: JsonOption) => down(options));
};

const down = (options: JsonOption): Promise<void> =>
  runCommand(options, async () => {
    const { supervisor, leftovers } = await shutDown(projectOf({}));
    createPrint(options)(wordsFor(supervisor, leftovers), { type: 'stopped', supervisor, leftovers });
  });

const wordsFor = (supervisor: boolean, leftovers: string[]): string => {
  if (leftovers.length > 0) return `Stopped what was left running: ${leftovers.join(', ')}`;
  return supervisor ? 'Stopped' : 'Nothing was running';
};
