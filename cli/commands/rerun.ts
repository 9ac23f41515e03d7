import type { Command } from 'commander';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { Rerun } from '../../contracts/runs.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { begin } from '../runs/begin.ts';
import { readInput } from '../runs/read-input.ts';

type RerunOptions = JsonOption & {
  from?: string;
  input?: string;
  fresh?: boolean;
  original?: boolean;
  detach?: boolean;
};

export const addRerun = (program: Command): void => {
  program
    .command('rerun')
    .description('run again what has ended; results whose inputs did not change are used again')
    .argument('<run>', 'its id')
    .option('--from <step>', 'use nothing again of this step and of what depends on it')
    .option('--input <json>', 'another input: a JSON object, or @FILE that holds one')
    .option('--original', 'the definition it was started with (default: the file as it is now)')
    .option('--fresh', 'use no result again')
    .option('-d, --detach', 'return once it is taken')
    .option('--json', 'one JSON line for each event of the new run, and nothing else on standard output')
    .action((id: string, options: RerunOptions) => runCommand(options, () => rerun(id, options)));
};

const rerun = async (id: string, options: RerunOptions): Promise<void> => {
  const { from, input, fresh = false, original = false } = options;
  const body: Rerun = {
    definition: original ? 'original' : 'current',
    fresh,
    ...(from === undefined ? {} : { from }),
    ...(input === undefined ? {} : { input: await readInput(input) }),
  };
  const connection = await connect();
  const idempotencyKey = newIdempotencyKey();
  await begin(connection, options, () => connection.api.rerun(id, body, { idempotencyKey }));
};
