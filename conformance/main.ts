import { parseArgs } from 'node:util';
import { imitated } from './providers/imitated.ts';
import { serve } from './providers/imitation.ts';
import { judge } from './providers/judge.ts';
import type { Row } from './providers/row.ts';
import { groups } from './providers/rows.ts';
import { runRow } from './providers/run-row.ts';
import { head, lineOf, requestsOf, transcriptOf } from './providers/table.ts';
import { playScripts } from './scripts/play.ts';
import { tellWrong } from './scripts/wrong.ts';

const usage = `npm run conformance -- providers [WORDS] [--json]

Plays the oddities of providers against servers that imitate them, through the client that workers use.
WORDS: only rows whose dialect or oddity holds them.

npm run conformance -- scripts [WORDS] [--json]

Plays each sentence of the script format, and scripts as others write them, on a real stack.

npm run conformance -- wrong-scripts

Prints what the check says of scripts that people get wrong.

npm run conformance -- serve

Runs three imitated providers for \`everturn models check\`, and prints an everturn.yaml for them.`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const playAll = async (isWanted: (row: Row) => boolean, isJson: boolean): Promise<number> => {
  let failed = 0;
  let played = 0;
  if (!isJson) print(head());
  for (const { name, rows } of groups) {
    const wanted = rows.filter(isWanted);
    if (wanted.length > 0 && !isJson) print(`\n${name}`);
    for (const row of wanted) {
      const outcome = await runRow(row);
      const faults = judge(row, outcome);
      played += 1;
      failed += faults.length > 0 ? 1 : 0;
      const { dialect, oddity, seen } = row;
      const facts = {
        group: name,
        dialect,
        oddity,
        seen,
        requests: requestsOf(outcome),
        transcript: transcriptOf(outcome),
        faults,
      };
      print(isJson ? JSON.stringify(facts) : lineOf(row, outcome, faults));
    }
  }
  if (!isJson) print(`\n${played} rows, ${failed === 0 ? 'all hold' : `${failed} do not hold`}`);
  return played === 0 ? 2 : failed === 0 ? 0 : 1;
};

const playSentences = async (words: string, isJson: boolean): Promise<number> => {
  const rows = await playScripts(words);
  let group = '';
  for (const row of rows) {
    if (isJson) print(JSON.stringify(row));
    else {
      if (row.group !== group) print(`\n${row.group}`);
      group = row.group;
      print(`${row.holds ? '✓' : '✗'} ${row.rule}`);
      for (const fault of row.faults) print(`    ${fault.split('\n')[0]}`);
    }
  }
  const failed = rows.filter(({ holds }) => !holds).length;
  if (!isJson) print(`\n${rows.length} rows, ${failed === 0 ? 'all hold' : `${failed} do not hold`}`);
  return rows.length === 0 ? 2 : failed === 0 ? 0 : 1;
};

/** The ports are those of docs/providers.md. */
const ports = { deepseek: 4701, mistral: 4702, ollama: 4703 } as const;

const serveAll = async (): Promise<void> => {
  const names = Object.keys(ports) as (keyof typeof ports)[];
  const lines = await Promise.all(
    names.map(async (name) => ({ name, url: (await serve(imitated[name], ports[name])).url })),
  );
  print('keys:');
  for (const { name, url } of lines)
    print(`  ${name}: { baseUrl: ${url}${name === 'mistral' ? '' : `, dialect: ${name}`} }`);
  print('models:');
  for (const { name } of lines) print(`  - { key: ${name}, model: probe-1, name: ${name} }`);
};

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const [suite, ...words] = positionals;
if (suite === 'serve') {
  await serveAll();
} else if (suite === 'wrong-scripts') {
  tellWrong(print);
} else if (suite === 'scripts') {
  process.exitCode = await playSentences(words.join(' '), values.json ?? false);
} else if (suite !== 'providers') {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  const wanted = words.join(' ').toLowerCase();
  process.exitCode = await playAll(
    ({ dialect, oddity }) => `${dialect} ${oddity}`.toLowerCase().includes(wanted),
    values.json ?? false,
  );
}
