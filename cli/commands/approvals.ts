import type { Command } from 'commander';
import { visible } from '../../contracts/visible.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { questionLines } from '../runs/describe.ts';
import { styleOf } from '../screen/style.ts';
import { approvalLines } from '../turn/describe.ts';

export const addApprovals = (program: Command): void => {
  program
    .command('approvals')
    .description('list pending tool calls, questions of runs, and staged file changes')
    .option('--json', 'one JSON line for each')
    .action((options: JsonOption) => runCommand(options, () => approvals(options)));
};

const approvals = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { approvals: calls, questions, staged } = await api.listApprovals();
  if (json) {
    for (const waiting of [...calls, ...questions, ...staged]) printJson(waiting);
    return;
  }
  const style = styleOf(process.stdout);
  for (const approval of calls) process.stdout.write(`${approvalLines(approval, style)}\n`);
  for (const question of questions) process.stdout.write(`${questionLines(question, style)}\n`);
  for (const { sessionId, ids, paths } of staged)
    process.stdout.write(
      `${ids.length} staged file ${ids.length === 1 ? 'change' : 'changes'} in session ${sessionId}: ${[...new Set(paths)].map(visible).join(', ')}${ids.length > paths.length ? ', …' : ''}\n`,
    );
  process.stderr.write(
    calls.length + questions.length + staged.length === 0
      ? 'Nothing waits for an approval\n'
      : "Answer one: npx everturn approve 'ID'   (or with --deny; a form's fields with --field name=value)\n",
  );
};
