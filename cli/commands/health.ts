import type { Command } from 'commander';
import type { Health } from '../../contracts/api.ts';
import { connect } from '../connect.ts';
import { exitCodes } from '../exit.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';

export const addHealth = (program: Command): void => {
  program
    .command('health')
    .description('show the health of the running stack: workers, servers and model')
    .option('--json', 'as one JSON line')
    .action((options: JsonOption) => runCommand(options, () => health(options)));
};

const words = (isWell: boolean | null): string =>
  isWell === null ? 'not known' : isWell ? 'answers' : 'does not answer';

/** What is missing, in the order in which it would be put right. */
const missing = ({ postgres, temporal, workers, scriptWorkers, model }: Health): boolean =>
  !postgres || !temporal || workers === 0 || scriptWorkers === 0 || model.reachable === false;

const health = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const found = await api.health({ model: true });
  if (missing(found)) process.exitCode = exitCodes.failure;
  if (json) return printJson(found);
  const { postgres, temporal, workers, scriptWorkers, model } = found;
  const lines: [string, string][] = [
    ['Postgres', words(postgres)],
    ['Temporal', words(temporal)],
    ['workers', `${workers} of agents and flows, ${scriptWorkers} of scripts`],
    [
      'model',
      harmless(model.offline ? `${model.label} (built in)` : `${model.label} ${words(model.reachable ?? null)}`),
    ],
  ];
  process.stdout.write(`${lines.map(([name, text]) => `${name.padEnd(10)} ${text}`).join('\n')}\n`);
};
