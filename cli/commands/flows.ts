import type { Command } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import type { FlowSummary } from '../../contracts/found.ts';
import type { Definitions } from '../../definitions/definitions.ts';
import { faultText } from '../../definitions/fault-text.ts';
import { connect } from '../connect.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { near } from '../screen/near.ts';
import { harmless, type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { count } from '../turn/describe.ts';

export const addFlows = (program: Command): void => {
  const flows = program.command('flows').description('list flows; check files of flows and agents');
  flows
    .command('list', { isDefault: true })
    .description('list flows')
    .option('--json', 'one JSON line for each flow')
    .action((options: JsonOption) => runCommand(options, () => list(options)));
  flows
    .command('check [file...]')
    .description('check files of flows and agents; without names, all of them')
    .option('--json', 'one JSON line for each error')
    .action((files: string[], options: JsonOption) => runCommand(options, () => check(files, options)));
  flows
    .command('schema')
    .description('print the JSON Schema of flow files, for editors')
    .action(() => runCommand({}, schema));
};

const list = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { flows, clashes } = await api.listFlows();
  if (json) {
    for (const flow of flows) printJson(flow);
    return;
  }
  const style = styleOf(process.stdout);
  process.stdout.write(`${table(columnsIn(style), flows, style)}\n`);
  for (const { name, files } of clashes)
    process.stderr.write(
      `${harmless(`${name} is the name of ${files.map(near).join(' and ')}: rename all but one`)}\n`,
    );
  if (flows.some(({ faults }) => faults.length > 0)) process.stderr.write('See the errors: npx everturn flows check\n');
};

const startsOf = ({ schedule, webhook }: FlowSummary): string =>
  [schedule ? `${schedule.cron} ${schedule.timeZone}` : '', webhook ? 'webhook' : ''].filter(Boolean).join(', ');

const columnsIn = (style: Style): Column<FlowSummary>[] => [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'FROM', value: ({ origin }) => origin },
  {
    title: 'STATE',
    value: ({ faults }) => (faults.length === 0 ? 'ok' : count(faults.length, 'fault')),
    paint: (text, { faults }) => (faults.length === 0 ? text : style.red(text)),
  },
  { title: 'STARTED BY', value: startsOf },
  { title: 'DESCRIPTION', value: ({ description }) => description },
];

const schema = async (): Promise<void> => {
  const { flowJsonSchema } = await import('../../definitions/json-schema.ts');
  process.stdout.write(`${JSON.stringify(flowJsonSchema(), null, 2)}\n`);
};

const check = async (named: string[], options: JsonOption): Promise<void> => {
  const { definitionsIn } = await import('../definitions-in.ts');
  const definitions = definitionsIn(projectOf({}));
  const print = createPrint(options);
  const files = named.length > 0 ? named : [...definitions.flows(), ...definitions.agents()].map(({ file }) => file);
  const checked = files.map((file) => ({ file: near(file), faults: definitions.check(file) }));
  for (const { file, faults } of checked)
    for (const fault of faults) {
      const told = { ...fault, file };
      print(harmless(faultText(told)), { type: 'fault', ...told });
    }
  if (named.length === 0) reportShadowing(definitions, print);
  const faulty = checked.filter(({ faults }) => faults.length > 0);
  const faults = faulty.reduce((sum, one) => sum + one.faults.length, 0);
  if (faults > 0) {
    const message = `Cannot use ${count(faulty.length, 'file')} of ${files.length}: ${count(faults, 'fault')}`;
    throw new EverturnError('flow_invalid', message, { details: { files: files.length, faults } });
  }
  print(`No errors in ${count(files.length, 'file')}`, { type: 'checked', files: files.length, faults: 0 });
};

const reportShadowing = (definitions: Definitions, print: ReturnType<typeof createPrint>): void => {
  for (const { name, kind, file, shadows } of definitions.shadowing()) {
    const hidden = { name, kind, file: near(file), shadows: shadows.map(near) };
    print(harmless(`${hidden.file} shadows ${hidden.shadows.join(', ')}`), { type: 'shadowing', ...hidden });
  }
};
