import type { Command } from 'commander';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { approvalLines } from '../turn/describe.ts';

export const addApprovals = (program: Command): void => {
  program
    .command('approvals')
    .description('list the tool calls that wait for a person')
    .option('--json', 'one JSON line for each')
    .action((options: JsonOption) => runCommand(options, () => approvals(options)));
};

const approvals = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { approvals: waiting } = await api.listApprovals();
  for (const approval of waiting) {
    if (json) printJson(approval);
    else process.stdout.write(`${approvalLines(approval, styleOf(process.stdout))}\n`);
  }
  if (json) return;
  process.stderr.write(
    waiting.length === 0
      ? 'Nothing waits for an approval\n'
      : 'Answer one: npx everturn approve ID   (or with --deny)\n',
  );
};
