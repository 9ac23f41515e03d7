import type { Command } from 'commander';
import { type Key, type KeyMark, momentOf } from '../../contracts/keys.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

export const addKeys = (program: Command): void => {
  const keys = program.command('keys').description('list the keys of everturn.yaml with their marks; clear a mark');
  keys
    .command('list', { isDefault: true })
    .description('list keys with their marks, never the secrets')
    .option('--json', 'one JSON line for each')
    .action((options: JsonOption) => runCommand(options, () => list(options)));
  keys
    .command('clear <name>')
    .description("clear a key's mark, so that it is used again at once (operators)")
    .option('--json', 'as one JSON line')
    .action((name: string, options: JsonOption) => runCommand(options, () => clear(name, options)));
};

type Row = { key: Key; mark: KeyMark | null };

const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ key }) => key.name },
  { title: 'MODELS', value: ({ key }) => key.models.join(', ') },
  { title: 'ADDRESS', value: ({ key }) => key.baseUrl },
  { title: 'VARIABLE', value: ({ key }) => key.apiKeyEnv ?? 'none' },
  {
    title: 'STATE',
    value: ({ mark }) => (mark === null ? 'ready' : mark.model === null ? 'rests' : `rests for ${mark.model}`),
    paint: (text, { mark }) => (mark ? styleOf(process.stdout).yellow(text) : text),
  },
  { title: 'UNTIL', value: ({ mark }) => (mark ? momentOf(mark.until) : '') },
  { title: 'REASON', value: ({ mark }) => mark?.reason.replace('_', ' ') ?? '' },
  { title: 'FAILURES', value: ({ mark }) => (mark ? String(mark.failures) : ''), align: 'right' },
  { title: 'SAID', value: ({ mark }) => mark?.said ?? '', max: 100 },
];

const list = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { keys } = await api.listKeys();
  if (json) {
    for (const key of keys) printJson(key);
    return;
  }
  const rows = keys.flatMap((key): Row[] =>
    key.marks.length === 0 ? [{ key, mark: null }] : key.marks.map((mark) => ({ key, mark })),
  );
  if (rows.length > 0) process.stdout.write(`${table(columns, rows, styleOf(process.stdout))}\n`);
  else process.stderr.write('everturn.yaml names no keys\n');
};

const clear = async (name: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const key = await api.clearKey(name);
  if (json) printJson({ type: 'cleared', key });
  else process.stdout.write(`The key ${name} is asked again\n`);
};
