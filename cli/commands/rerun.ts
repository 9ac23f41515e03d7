import type { Command } from 'commander';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { Rerun } from '../../contracts/runs.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';
import { runCommand } from '../run-command.ts';
import { begin } from '../runs/begin.ts';
import { type BudgetOptions, budgetOf, dollars } from '../runs/budget.ts';
import { readArgs, readInput } from '../runs/read-input.ts';
import { refuseOptions } from '../runs/target.ts';

type RerunOptions = JsonOption &
  BudgetOptions & {
    from?: string;
    input?: string;
    args?: string;
    fresh?: boolean;
    freshAgent?: string[];
    original?: boolean;
    allowEmpty?: boolean;
    detach?: boolean;
  };

const collect = (label: string, labels: string[] = []): string[] => [...labels, label];

export const addRerun = (program: Command): void => {
  program
    .command('rerun')
    .description('run a finished run again; results whose inputs did not change are reused')
    .argument('<run>', 'its id')
    .option('--from <step>', 'of a flow: discard the results of this step and of everything that depends on it')
    .option('--input <json>', 'of a flow: another input, a JSON object or @FILE that holds one')
    .option('--args <json>', 'of a script: other arguments, JSON or @FILE that holds them')
    .option('--fresh-agent <label>', 'of a script: run the agents with this label again; repeatable', collect)
    .option('--budget-tokens <count>', 'of a script: another budget, in tokens of all kinds', wholeNumber(1))
    .option('--budget-dollars <amount>', 'of a script: another budget, in US dollars', dollars)
    .option('--allow-empty', 'of a script: complete even if none of its agents ran')
    .option('--original', 'the definition it was started with (default: the file as it is now)')
    .option('--fresh', 'reuse no results')
    .option('-d, --detach', 'return once it is accepted')
    .option('--json', 'one JSON line for each event of the new run, and nothing else on standard output')
    .action((id: string, options: RerunOptions) => runCommand(options, () => rerun(id, options)));
};

const rerun = async (id: string, options: RerunOptions): Promise<void> => {
  const { from, input, args, fresh = false, freshAgent, original = false, allowEmpty } = options;
  const body: Rerun = {
    definition: original ? 'original' : 'current',
    fresh,
    ...(from === undefined ? {} : { from }),
    ...(input === undefined ? {} : { input: await readInput(input) }),
    ...(args === undefined ? {} : { args: await readArgs(args) }),
    ...(freshAgent === undefined ? {} : { freshAgents: freshAgent }),
    ...(allowEmpty === undefined ? {} : { allowEmpty }),
    ...budgetOf(options),
  };
  const connection = await connect();
  const { run } = await connection.api.getRun(id);
  refuseOptions({ kind: run.kind, name: run.name }, strangeTo(run.kind, options));
  const idempotencyKey = newIdempotencyKey();
  await begin(connection, options, () => connection.api.rerun(id, body, { idempotencyKey }));
};

const strangeTo = (kind: 'flow' | 'script', options: RerunOptions): Record<string, unknown> =>
  kind === 'script'
    ? { '--from': options.from, '--input': options.input }
    : {
        '--args': options.args,
        '--fresh-agent': options.freshAgent,
        '--allow-empty': options.allowEmpty,
        '--budget-tokens': options.budgetTokens,
        '--budget-dollars': options.budgetDollars,
      };
