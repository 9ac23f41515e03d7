import type { Command } from 'commander';
import type { AgentSummary } from '../../contracts/found.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { count } from '../turn/describe.ts';

export const addAgents = (program: Command): void => {
  program
    .command('agents')
    .description('list agents')
    .option('--json', 'one JSON line for each agent')
    .action((options: JsonOption) => runCommand(options, () => agents(options)));
};

const agents = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const found = (await api.listAgents()).agents;
  if (json) for (const agent of found) printJson(agent);
  else {
    const style = styleOf(process.stdout);
    process.stdout.write(`${table(columnsIn(style), found, style)}\n`);
  }
};

const columnsIn = (style: Style): Column<AgentSummary>[] => [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'FROM', value: ({ origin }) => origin },
  {
    title: 'STATE',
    value: ({ faults }) => (faults.length === 0 ? 'ok' : count(faults.length, 'fault')),
    paint: (text, { faults }) => (faults.length === 0 ? text : style.red(text)),
  },
  { title: 'MODELS', value: ({ head }) => head?.models.join(', ') ?? '' },
  { title: 'DESCRIPTION', value: ({ description }) => description },
];
