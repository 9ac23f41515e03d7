import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { ToolPermission } from '../../contracts/tools.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { begin } from '../runs/begin.ts';
import { readInput } from '../runs/read-input.ts';
import { parseAllow } from '../turn/pick-session.ts';

type RunOptions = JsonOption & { input?: string; allow?: ToolPermission[]; workspace?: string; detach?: boolean };

export const addRun = (program: Command): void => {
  program
    .command('run')
    .description('start a flow and follow it to its report; starts the stack when it is down')
    .argument('<name>', 'its name: "everturn flows" lists them')
    .option('--input <json>', 'its input as a JSON object, or @FILE that holds one')
    .option('--workspace <folder>', 'the folder its agents work in (default: the folder of the stack)')
    .option('--allow <permissions>', 'what needs no approval in its sessions, such as write,run', parseAllow)
    .option('-d, --detach', 'return once it is taken')
    .option('--json', 'one JSON line for each event of the run, and nothing else on standard output')
    .action((name: string, options: RunOptions) => runCommand(options, () => run(name, options)));
};

const run = async (flow: string, options: RunOptions): Promise<void> => {
  const { input, allow, workspace } = options;
  const body = {
    flow,
    ...(input === undefined ? {} : { input: await readInput(input) }),
    ...(allow === undefined ? {} : { allow }),
    ...(workspace === undefined ? {} : { workspace: absolute(workspace) }),
  };
  const connection = await connect({ start: true });
  const idempotencyKey = newIdempotencyKey();
  await begin(connection, options, () => connection.api.startRun(body, { idempotencyKey }));
};

const absolute = (folder: string): string => {
  const resolved = path.resolve(folder);
  try {
    return realpathSync(resolved);
  } catch {
    // The API may run elsewhere; it says what is wrong with the folder.
    return resolved;
  }
};
