import type { Command } from 'commander';
import type { KeptResult } from '../../contracts/results.ts';
import { connect } from '../connect.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { readPages } from '../pages.ts';
import { durationText } from '../parse-duration.ts';
import { wholeNumber } from '../parse-number.ts';
import { printJson, runCommand } from '../run-command.ts';
import { oneLine, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';
import { count } from '../turn/describe.ts';

type FilterOptions = JsonOption & { script?: string; olderThan?: string };

export const addResults = (scripts: Command): void => {
  const results = scripts
    .command('results')
    .description('list results of agents that "run --reuse" may use; clear them');
  const filtered = (command: Command): Command =>
    command
      .option('--script <name>', 'only results of this script')
      .option('--older-than <duration>', 'only older results, such as 7d', durationText);
  filtered(results.command('list', { isDefault: true }))
    .description('list reusable results, newest first')
    .option('--limit <count>', 'the maximum number', wholeNumber(1), 50)
    .option('--json', 'one JSON line for each result')
    .action((options: FilterOptions & { limit: number }) => runCommand(options, () => list(options)));
  filtered(results.command('clear'))
    .description('stop reusing results in other runs; their own runs and re-runs keep them')
    .option('--json', 'as one JSON line')
    .action((options: FilterOptions) => runCommand(options, () => clear(options)));
};

const columns: Column<KeptResult>[] = [
  { title: 'ENDED', value: ({ endedAt }) => new Date(endedAt).toLocaleString('sv') },
  { title: 'SCRIPT', value: ({ script }) => script },
  { title: 'AGENT', value: ({ label, ordinal }) => oneLine(label ?? `agent ${(ordinal ?? 0) + 1}`, 30) },
  { title: 'MODEL', value: ({ model }) => model ?? '' },
  { title: 'TOKENS', value: ({ tokens }) => tokens.toLocaleString('en') },
  { title: 'RUN', value: ({ run }) => run },
  { title: 'PROMPT', value: ({ prompt }) => oneLine(prompt, 60) },
];

const list = async ({ script, olderThan, limit, json }: FilterOptions & { limit: number }): Promise<void> => {
  const { api } = await connect();
  const found = await readPages(limit, async (page) => {
    const { results: rows, nextCursor } = await api.listResults({ ...page, script, olderThan });
    return { rows, nextCursor };
  });
  if (json) for (const result of found) printJson(result);
  else if (found.length > 0) process.stdout.write(`${table(columns, found, styleOf(process.stdout))}\n`);
  else process.stderr.write('No such results. Agents of scripts leave one when they complete\n');
};

const clear = async ({ script, olderThan, ...options }: FilterOptions): Promise<void> => {
  const { api } = await connect();
  const { cleared } = await api.clearResults({ script, olderThan });
  createPrint(options)(`Cleared ${count(cleared, 'result')}`, { type: 'cleared', cleared });
};
