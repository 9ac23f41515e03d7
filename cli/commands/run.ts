import type { Command } from 'commander';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { StartRun } from '../../contracts/runs.ts';
import type { ToolPermission } from '../../contracts/tools.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { durationText } from '../parse-duration.ts';
import { wholeNumber } from '../parse-number.ts';
import { runCommand } from '../run-command.ts';
import { begin } from '../runs/begin.ts';
import { type BudgetOptions, budgetOf, dollars } from '../runs/budget.ts';
import { argsOfWords, readArgs, readInput } from '../runs/read-input.ts';
import { absolute, findTarget, refuseOptions, type Target } from '../runs/target.ts';
import { parseAllow } from '../turn/pick-session.ts';

type RunOptions = JsonOption &
  BudgetOptions & {
    input?: string;
    args?: string;
    concurrency?: number;
    allowEmpty?: boolean;
    timeout?: string;
    reuse?: boolean;
    reuseTtl?: string;
    allow?: ToolPermission[];
    workspace?: string;
    detach?: boolean;
  };

export const addRun = (program: Command): void => {
  program
    .command('run')
    .description('start a flow or a script and follow it to its end; starts the stack if necessary')
    .argument('<name>', 'its name ("everturn flows" and "everturn scripts" list them), or the path of a script')
    .argument('[words...]', 'arguments of a script: text, or an object or a list in JSON')
    .option('--input <json>', 'of a flow: its input as a JSON object, or @FILE that holds one')
    .option('--args <json>', 'of a script: its arguments as JSON, or @FILE that holds them')
    .option('--budget-tokens <count>', 'of a script: tokens of all kinds that its agents may use', wholeNumber(1))
    .option('--budget-dollars <amount>', 'of a script: US dollars that its agents may use', dollars)
    .option('--concurrency <count>', 'of a script: agents at once, 1 to 200', wholeNumber(1))
    .option('--timeout <duration>', 'of a script: how long the whole run may take, such as 2h', durationText)
    .option('--reuse', 'of a script: reuse equal results of agents that other runs paid for')
    .option('--reuse-ttl <duration>', 'of a script: reuse only results of at most this age, such as 1h', durationText)
    .option('--allow-empty', 'of a script: complete even if none of its agents ran')
    .option('--workspace <folder>', 'the folder its agents work in (default: the folder of the stack)')
    .option('--allow <permissions>', 'permissions that need no approval in its sessions, such as write,run', parseAllow)
    .option('-d, --detach', 'return once it is accepted')
    .option('--json', 'one JSON line for each event of the run, and nothing else on standard output')
    .action((name: string, words: string[], options: RunOptions) =>
      runCommand(options, () => run(name, words, options)),
    );
};

const run = async (name: string, words: string[], options: RunOptions): Promise<void> => {
  // Before the stack is started: a typing mistake is reported at once.
  const input = options.input === undefined ? undefined : await readInput(options.input);
  const args = await argsOf(words, options);
  const connection = await connect({ start: true });
  const target = await findTarget(connection.api, name);
  const body = target.kind === 'flow' ? flowBody(target, words, input, options) : scriptBody(target, args, options);
  const idempotencyKey = newIdempotencyKey();
  await begin(connection, options, () => connection.api.startRun(body, { idempotencyKey }));
};

/** Undefined without any. */
const argsOf = async (words: string[], { args }: RunOptions): Promise<unknown> => {
  if (args === undefined) return words.length === 0 ? undefined : argsOfWords(words);
  if (words.length === 0) return await readArgs(args);
  throw new EverturnError('bad_request', 'Cannot take arguments twice: give words or --args, not both');
};

const common = ({ allow, workspace }: RunOptions) => ({
  ...(allow === undefined ? {} : { allow }),
  ...(workspace === undefined ? {} : { workspace: absolute(workspace) }),
});

const flowBody = (
  target: Target,
  words: string[],
  input: Record<string, unknown> | undefined,
  options: RunOptions,
): StartRun => {
  refuseOptions(target, {
    words: words[0],
    '--args': options.args,
    '--budget-tokens': options.budgetTokens,
    '--budget-dollars': options.budgetDollars,
    '--concurrency': options.concurrency,
    '--allow-empty': options.allowEmpty,
    '--timeout': options.timeout,
    '--reuse': options.reuse,
    '--reuse-ttl': options.reuseTtl,
  });
  return { flow: target.name, ...(input === undefined ? {} : { input }), ...common(options) };
};

const scriptBody = (target: Target, args: unknown, options: RunOptions): StartRun => {
  const { input, concurrency, allowEmpty, timeout, reuse, reuseTtl } = options;
  refuseOptions(target, { '--input': input });
  return {
    script: target.name,
    ...(args === undefined ? {} : { args }),
    ...budgetOf(options),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(allowEmpty === undefined ? {} : { allowEmpty }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(reuseTtl === undefined ? (reuse ? { reuse } : {}) : { reuse: { ttl: reuseTtl } }),
    ...common(options),
  };
};
