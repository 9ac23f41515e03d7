import { type Command, Option } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import { runState } from '../../contracts/run-view.ts';
import { type Run, RunStatus } from '../../contracts/runs.ts';
import { connect } from '../connect.ts';
import { type JsonOption, printText } from '../output.ts';
import { readPages } from '../pages.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { paintRunState } from '../runs/ending.ts';
import { printRun, printStep } from '../runs/print-run.ts';
import { readReport, readResult, resultText } from '../runs/result.ts';
import { type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type ListOptions = JsonOption & { status?: RunStatus; flow?: string; limit: number };

export const addRuns = (program: Command): void => {
  const runs = program.command('runs').description('list runs, newest first; show one');
  runs
    .command('list', { isDefault: true })
    .description('list runs, newest first; with an id, show that run')
    .argument('[run]', 'the id of a run: the same as "runs show"')
    .addOption(new Option('--status <status>', 'only those with this status').choices(RunStatus.options))
    .option('--flow <name>', 'only runs of this flow or script')
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 50)
    .option('--json', 'one JSON line for each run')
    .action((id: string | undefined, options: ListOptions) =>
      runCommand(options, () => (id === undefined ? list(options) : show(id, undefined, options))),
    );
  runs
    .command('show <run> [step]')
    .description('show a run with its steps, or with its phases, agents and log; or one step or call with its result')
    .option('--json', 'as one JSON line')
    .action((id: string, step: string | undefined, options: JsonOption) =>
      runCommand(options, () => show(id, step, options)),
    );
  runs
    .command('report <run>')
    .description('print the report of a flow, as Markdown, or the result of a script')
    .option('--json', 'as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => report(id, options)));
  runs
    .command('artifact <run> <name>')
    .description('print a file of a run; "runs show" lists their names')
    .option('--json', 'as one JSON line')
    .action((id: string, name: string, options: JsonOption) => runCommand(options, () => artifact(id, name, options)));
};

const artifact = async (id: string, name: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const text = await (await api.readArtifact(id, name)).text();
  if (json) printJson({ runId: id, name, text });
  else printText(text);
};

const list = async ({ status, flow, limit, json }: ListOptions): Promise<void> => {
  const { api } = await connect();
  const found = await readPages(limit, async (page) => {
    const { runs: rows, nextCursor } = await api.listRuns({ ...page, status, flow });
    return { rows, nextCursor };
  });
  if (json) for (const run of found) printJson(run);
  else if (found.length > 0) {
    const style = styleOf(process.stdout);
    process.stdout.write(`${table(columnsIn(style), found, style)}\n`);
  } else process.stderr.write('No such runs. Start one: npx everturn run NAME\n');
};

const show = async (id: string, step: string | undefined, { json = false }: JsonOption): Promise<void> => {
  const { api, url } = await connect();
  if (step === undefined) await printRun({ api, url, id, json });
  else await printStep({ api, id, step, json });
};

const report = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const detail = await api.getRun(id);
  const { run } = detail;
  const isScript = run.kind === 'script';
  const text = isScript ? resultText(await readResult(api, detail)) : await readReport(api, id);
  if (text === null) {
    const none = isScript ? 'it returned nothing' : 'its flow declares none';
    const why = run.status === 'completed' ? none : `it is ${run.status}`;
    throw new EverturnError('artifact_not_found', `Cannot print the report of ${id}: ${why}`);
  }
  if (json) printJson({ runId: id, report: text });
  else printText(`${text.trimEnd()}\n`);
};

const columnsIn = (style: Style): Column<Run>[] => [
  { title: 'ID', value: ({ id }) => id },
  {
    title: 'STATUS',
    value: runState,
    paint: (text, run) => text.replace(runState(run), (word) => paintRunState(run, style, word)),
  },
  { title: 'STARTED', value: ({ createdAt }) => new Date(createdAt).toLocaleString('sv') },
  { title: 'BY', value: ({ trigger }) => trigger },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'REASON', value: ({ reason }) => reason ?? '' },
];
