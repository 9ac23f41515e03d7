import type { Command } from 'commander';
import { Approval, type ApprovalAnswer } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { styleOf } from '../screen/style.ts';
import { decisionLine, exactArguments } from '../turn/describe.ts';

type ApproveOptions = JsonOption & { deny?: boolean; note?: string };

export const addApprove = (program: Command): void => {
  program
    .command('approve')
    .description('answer a tool call that waits for a person; the first answer stands')
    .argument('<id>', 'the id of the approval: "everturn approvals" lists them')
    .option('--deny', 'the call must not run')
    .option('--note <text>', 'told to the model when the call is denied')
    .option('--json', 'the approval as one JSON line')
    .action((id: string, options: ApproveOptions) => runCommand(options, () => approve(id, options)));
};

const approve = async (id: string, { deny, note, json }: ApproveOptions): Promise<void> => {
  const { api } = await connect();
  const answer: ApprovalAnswer = { decision: deny ? 'deny' : 'approve', ...(note === undefined ? {} : { note }) };
  const style = styleOf(process.stdout);
  try {
    const approval = await api.answerApproval(id, answer);
    if (json) printJson(approval);
    else process.stdout.write(`${decisionLine(approval, style)}\n${exactArguments(approval.arguments)}\n`);
  } catch (error) {
    const first = error instanceof EverturnError ? Approval.safeParse(error.details?.approval) : null;
    if (first?.success && first.data.decision && !json)
      process.stdout.write(
        `The first answer stands: ${decisionLine(first.data, style)}, by ${first.data.answeredBy} at ${first.data.answeredAt}\n`,
      );
    throw error;
  }
};
