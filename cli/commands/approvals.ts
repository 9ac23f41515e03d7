import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { questionLines } from '../runs/describe.ts';
import { styleOf } from '../screen/style.ts';
import { approvalLines } from '../turn/describe.ts';

export const addApprovals = (program: Command): void => {
  program
    .command('approvals')
    .description('list pending tool calls and questions of runs')
    .option('--json', 'one JSON line for each')
    .action((options: JsonOption) => runCommand(options, () => approvals(options)));
};

const approvals = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { approvals: calls, questions } = await api.listApprovals();
  if (json) {
    for (const waiting of [...calls, ...questions]) printJson(waiting);
    return;
  }
  const style = styleOf(process.stdout);
  for (const approval of calls) process.stdout.write(`${approvalLines(approval, style)}\n`);
  for (const question of questions) process.stdout.write(`${questionLines(question, style)}\n`);
  process.stderr.write(
    calls.length + questions.length === 0
      ? 'Nothing waits for an approval\n'
      : "Answer one: npx everturn approve 'ID'   (or with --deny; a form's fields with --field name=value)\n",
  );
};
