import { type Command, Option } from 'commander';
import { EverturnError } from '../../contracts/errors.ts';
import type { Fault } from '../../contracts/flow.ts';
import type { ScriptSummary } from '../../contracts/found.ts';
import { faultText } from '../../definitions/fault-text.ts';
import { isScriptFile } from '../../definitions/folders.ts';
import type { FoundScript } from '../../definitions/found.ts';
import { hint } from '../../definitions/nearest.ts';
import { connect } from '../connect.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { near } from '../screen/near.ts';
import { harmless, type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { addResults } from '../scripts/results.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { count } from '../turn/describe.ts';

type NewOptions = JsonOption & { dir: 'project' | 'personal' };

export const addScripts = (program: Command): void => {
  const scripts = program.command('scripts').description('list, check and create scripts');
  scripts
    .command('list', { isDefault: true })
    .description('list scripts')
    .option('--json', 'one JSON line for each script')
    .action((options: JsonOption) => runCommand(options, () => list(options)));
  scripts
    .command('check [name...]')
    .description('check scripts by name or file; without arguments, all of them')
    .option('--json', 'one JSON line for each error and warning')
    .action((files: string[], options: JsonOption) => runCommand(options, () => check(files, options)));
  scripts
    .command('new <name>')
    .description('write a small working script, and declarations for editors next to it')
    .addOption(
      new Option('--dir <where>', 'for this project, or for all your projects')
        .choices(['project', 'personal'])
        .default('project'),
    )
    .option('--json', 'as one JSON line')
    .action((name: string, options: NewOptions) => runCommand(options, () => create(name, options)));
  addResults(scripts);
  scripts
    .command('types')
    .description('print the TypeScript declarations of the script API, for editors')
    .action(() => runCommand({}, types));
};

const list = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { scripts, clashes } = await api.listScripts();
  if (json) {
    for (const script of scripts) printJson(script);
    return;
  }
  const style = styleOf(process.stdout);
  process.stdout.write(`${table(columnsIn(style), scripts, style)}\n`);
  for (const { name, files } of clashes)
    process.stderr.write(
      `${harmless(`${name} is the name of ${files.map(near).join(' and ')}: rename all but one`)}\n`,
    );
  if (scripts.some(({ faults, warnings }) => faults.length + warnings.length > 0))
    process.stderr.write('See the errors and warnings: npx everturn scripts check\n');
};

const stateOf = ({ faults, warnings }: ScriptSummary): string => {
  if (faults.length > 0) return count(faults.length, 'fault');
  return warnings.length > 0 ? count(warnings.length, 'warning') : 'ok';
};

const columnsIn = (style: Style): Column<ScriptSummary>[] => [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'FROM', value: ({ origin }) => origin },
  {
    title: 'STATE',
    value: stateOf,
    paint: (text, { faults }) => (faults.length === 0 ? text : style.red(text)),
  },
  { title: 'DESCRIPTION', value: ({ description }) => description },
];

const check = async (named: string[], options: JsonOption): Promise<void> => {
  const { definitionsIn } = await import('../definitions-in.ts');
  const definitions = definitionsIn(projectOf({}));
  const print = createPrint(options);
  const found = definitions.scripts();
  const files = named.length > 0 ? named.map((name) => fileOf(name, found)) : found.map(({ file }) => file);
  const checked = files.map((file) => ({
    file: near(file),
    faults: definitions.check(file),
    warnings: definitions.warnings(file),
  }));
  for (const { file, faults, warnings } of checked) {
    for (const told of inOrder(faults, warnings)) {
      const { type, ...fault } = { ...told, file };
      print(harmless(`${type === 'warning' ? 'warning ' : ''}${faultText(fault)}`), { type, ...fault });
    }
  }
  const faulty = checked.filter(({ faults }) => faults.length > 0);
  const faults = faulty.reduce((sum, one) => sum + one.faults.length, 0);
  const warnings = checked.reduce((sum, one) => sum + one.warnings.length, 0);
  const also = warnings > 0 ? `, ${count(warnings, 'warning')}` : '';
  if (faults > 0) {
    const message = `Cannot use ${count(faulty.length, 'file')} of ${files.length}: ${count(faults, 'fault')}${also}`;
    throw new EverturnError('script_invalid', message, { details: { files: files.length, faults, warnings } });
  }
  print(`No errors in ${count(files.length, 'file')}${also}`, {
    type: 'checked',
    files: files.length,
    faults,
    warnings,
  });
};

/** A script is named as it is run, or by its file. */
const fileOf = (name: string, found: readonly FoundScript[]): string => {
  if (isScriptFile(name)) return name;
  const script = found.find((one) => one.name === name) ?? found.find(({ meta }) => meta?.name === name);
  if (script) return script.file;
  const names = found.map((one) => one.name);
  throw new EverturnError(
    'script_not_found',
    `Cannot check ${name}: no script has this name, and it is not a .js file${hint(name, names)}`,
  );
};

const inOrder = (faults: readonly Fault[], warnings: readonly Fault[]): (Fault & { type: 'fault' | 'warning' })[] =>
  [
    ...faults.map((fault) => ({ type: 'fault' as const, ...fault })),
    ...warnings.map((fault) => ({ type: 'warning' as const, ...fault })),
  ].toSorted((a, b) => a.line - b.line || a.column - b.column);

const create = async (name: string, options: NewOptions): Promise<void> => {
  const { writeNewScript } = await import('../scripts/new-script.ts');
  const { script, declarations } = writeNewScript({ name, where: options.dir, project: projectOf({}) });
  const [file, types] = [near(script), near(declarations)];
  const words = `Wrote ${file}, and ${types} for editors\nRun it: npx everturn run ${name}`;
  createPrint(options)(harmless(words), { type: 'created', name, file, declarations: types });
};

const types = async (): Promise<void> => {
  const { readDeclarations } = await import('../scripts/new-script.ts');
  process.stdout.write(readDeclarations());
};
