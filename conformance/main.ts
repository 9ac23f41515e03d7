import { parseArgs } from 'node:util';
import { judge } from './providers/judge.ts';
import type { Row } from './providers/row.ts';
import { groups } from './providers/rows.ts';
import { runRow } from './providers/run-row.ts';
import { head, lineOf, requestsOf, transcriptOf } from './providers/table.ts';

const usage = `npm run conformance -- providers [WORDS] [--json]

Plays the oddities of providers against servers that imitate them, through the client that workers use.
WORDS: only rows whose dialect or oddity holds them.`;

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

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const [suite, ...words] = positionals;
if (suite !== 'providers') {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else {
  const wanted = words.join(' ').toLowerCase();
  process.exitCode = await playAll(
    ({ dialect, oddity }) => `${dialect} ${oddity}`.toLowerCase().includes(wanted),
    values.json ?? false,
  );
}
