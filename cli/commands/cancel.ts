import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';

export const addCancel = (program: Command): void => {
  program
    .command('cancel')
    .description('cancel the turn that runs in a session; messages that wait are answered next')
    .argument('<session>', 'its id')
    .option('--json', 'one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => cancel(id, options)));
};

const cancel = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { turnId } = await api.cancelTurn(id);
  if (json) printJson({ type: 'cancelled', sessionId: id, turnId });
  else process.stdout.write(turnId === null ? `No turn runs in ${id}\n` : `Cancelled turn ${turnId}\n`);
};
