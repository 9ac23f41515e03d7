import type { Command } from 'commander';
import { isRunId } from '../../contracts/ids.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';

export const addCancel = (program: Command): void => {
  program
    .command('cancel')
    .description('cancel a run, or the running turn of a session; waiting messages are answered next')
    .argument('<id>', 'the id of a run or a session')
    .option('--json', 'one JSON line')
    .action((id: string, options: JsonOption) =>
      runCommand(options, () => (isRunId(id) ? cancelRun(id, options) : cancelTurn(id, options))),
    );
};

const cancelTurn = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { turnId } = await api.cancelTurn(id);
  if (json) printJson({ type: 'cancelled', sessionId: id, turnId });
  else process.stdout.write(turnId === null ? `No turn runs in ${id}\n` : `Cancelled turn ${turnId}\n`);
};

/** Taken; the run ends when all that runs in it has ended. */
const cancelRun = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const run = await api.cancelRun(id);
  if (json) printJson({ type: 'cancelled', runId: id, status: run.status });
  else process.stdout.write(`Cancelled run ${id}\n`);
};
