import { type Command, Option } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import type { ToolSource } from '../../contracts/tool-sources.ts';
import { hint } from '../../definitions/nearest.ts';
import { connect } from '../connect.ts';
import { createPrint, type JsonOption, printText } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { near } from '../screen/near.ts';
import { harmless, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { count } from '../turn/describe.ts';

type NewOptions = JsonOption & { dir: 'project' | 'personal' };
type RunOptions = JsonOption & { args: string };

export const addTools = (program: Command): void => {
  const tools = program.command('tools').description('list the tools of agents; write, check and try your own tools');
  tools
    .command('list', { isDefault: true })
    .description('list built-in tools, MCP servers and tools in TypeScript, with their errors')
    .option('--json', 'as one JSON line')
    .action((options: JsonOption) => runCommand(options, () => list(options)));
  tools
    .command('check')
    .description('load every tool in .everturn/tools and report errors; needs no stack')
    .option('--json', 'one JSON line for each file')
    .action((options: JsonOption) => runCommand(options, () => check(options)));
  tools
    .command('new <name>')
    .description('write a small working tool')
    .addOption(
      new Option('--dir <where>', 'for this project, or for all your projects')
        .choices(['project', 'personal'])
        .default('project'),
    )
    .option('--json', 'as one JSON line')
    .action((name: string, options: NewOptions) => runCommand(options, () => create(name, options)));
  tools
    .command('run <name>')
    .description('run one of your tools once, in this folder; needs no stack')
    .option('--args <json>', 'its arguments as a JSON object', '{}')
    .option('--json', 'as one JSON line')
    .action((name: string, options: RunOptions) => runCommand(options, () => run(name, options)));
};

type Row = { name: string; from: string; permission: string; effect: string; description: string };

const rowsOf = (source: ToolSource): Row[] =>
  source.offers.tools.map(({ name, permission, effect, description }) => ({
    name,
    from: source.kind === 'mcp' ? `MCP server ${source.name}` : near(source.name),
    permission,
    effect,
    description: description.split('\n')[0] ?? '',
  }));

const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'FROM', value: ({ from }) => from },
  { title: 'PERMISSION', value: ({ permission }) => permission },
  { title: 'EFFECT', value: ({ effect }) => effect },
  { title: 'DESCRIPTION', value: ({ description }) => description, max: 80 },
];

const faultsOf = ({ kind, name, fault, offers }: ToolSource): string[] => {
  const who = kind === 'mcp' ? `MCP server ${name}` : near(name);
  return [
    ...(fault === null ? [] : [`${who}: ${fault}`]),
    ...offers.faults.map(({ tool, message }) => `${who}: ${tool} is left out: ${message}`),
  ];
};

const list = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const listed = await api.listTools();
  if (json) return printJson(listed);
  const builtIn = listed.builtIn.map(({ name, description }) => ({
    name,
    from: 'Everturn',
    permission: '',
    effect: '',
    description,
  }));
  process.stdout.write(`${table(columns, [...listed.sources.flatMap(rowsOf), ...builtIn], styleOf(process.stdout))}\n`);
  for (const { kind, name, offers } of listed.sources) {
    if (kind !== 'mcp' || offers.resources.length + offers.prompts.length === 0) continue;
    const words = `MCP server ${name}: ${count(offers.resources.length, 'resource')}, ${count(offers.prompts.length, 'prompt')}`;
    process.stdout.write(`${harmless(words)}\n`);
  }
  for (const fault of listed.sources.flatMap(faultsOf)) process.stderr.write(`${harmless(fault)}\n`);
};

const checked = async () => {
  const project = projectOf({});
  const { loadTrustedConfig } = await import('../../trust/config.ts');
  const { checkTools } = await import('../../worker/tools/try-tools.ts');
  const place = { project, config: loadTrustedConfig(project).config };
  return { place, found: await checkTools(place) };
};

const check = async (options: JsonOption): Promise<void> => {
  const { found } = await checked();
  const print = createPrint(options);
  for (const { file, tool, fault } of found) {
    const words = tool ? `${near(file)}: ${tool.name} (${tool.permission}, ${tool.effect})` : `${near(file)}: ${fault}`;
    print(harmless(words), { type: tool ? 'tool' : 'fault', file, ...(tool ?? { message: fault }) });
  }
  const faulty = found.filter(({ fault }) => fault !== null).length;
  if (faulty > 0) throw new EverturnError('tool_invalid', `Cannot use ${count(faulty, 'file')} of ${found.length}`);
  print(
    found.length === 0
      ? 'There are no tools in .everturn/tools; write one: npx everturn tools new NAME'
      : `No errors in ${count(found.length, 'file')}`,
    {
      type: 'checked',
      files: found.length,
    },
  );
};

const create = async (name: string, options: NewOptions): Promise<void> => {
  const { writeNewTool } = await import('../tools/new-tool.ts');
  const file = near(writeNewTool({ name, where: options.dir, project: projectOf({}) }));
  const trust = options.dir === 'project' ? '\nLet agents have it: npx everturn trust' : '';
  const words = `Wrote ${file}\nTry it: npx everturn tools run ${name} --args '{"text":"one two"}'${trust}`;
  createPrint(options)(harmless(words), { type: 'created', name, file });
};

const argsOf = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new EverturnError('bad_request', `Cannot use --args ${text}: give a JSON object, such as '{"text":"one"}'`);
};

const run = async (name: string, { args, json }: RunOptions): Promise<void> => {
  const given = argsOf(args);
  const { place, found } = await checked();
  const names = found.flatMap(({ tool }) => tool?.name ?? []);
  const chosen = found.find(({ tool }) => tool?.name === name);
  if (!chosen?.tool) {
    const faults = found.flatMap(({ file, fault }) => (fault === null ? [] : [`\n${near(file)}: ${fault}`]));
    throw new EverturnError(
      'tool_unknown',
      `Cannot run ${name}: no tool of yours has this name${hint(name, names)}${faults.join('')}`,
    );
  }
  const { tryTool } = await import('../../worker/tools/try-tools.ts');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new EverturnError('bad_request', `${name} was cancelled`)));
  const answer = await tryTool({
    ...place,
    file: chosen.file,
    args: given,
    seconds: chosen.tool.seconds ?? 60,
    signal: stop.signal,
    onOutput: (text) => process.stderr.write(harmless(text)),
  });
  if (answer.outcome === 'arguments') throw new EverturnError('tool_arguments', `Cannot call ${name}: ${answer.fault}`);
  if (answer.outcome !== 'done')
    throw new EverturnError(
      'tool_failed',
      `Cannot run ${name}: ${answer.outcome === 'failed' ? answer.fault : answer.outcome}`,
    );
  if (json) printJson({ type: 'result', text: answer.text, open: answer.open });
  else printText(`${answer.text}\n`);
  if (answer.open.length > 0)
    process.stderr.write(
      `It left open: ${answer.open.join(', ')}. That ends with its process, so nothing was lost; close what you open\n`,
    );
};
