import type { Command } from 'commander';
import { Approval, type ApprovalAnswer } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { Question } from '../../contracts/runs.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { answerLine } from '../runs/describe.ts';
import { collectField, type Fields, typedFields } from '../runs/fields.ts';
import { isQuestionId } from '../runs/is-run-id.ts';
import { styleOf } from '../screen/style.ts';
import { decisionLine, exactArguments } from '../turn/describe.ts';

type ApproveOptions = JsonOption & { deny?: boolean; note?: string; field?: Fields };

export const addApprove = (program: Command): void => {
  program
    .command('approve')
    .description('answer a tool call or a question of a run that waits for a person; the first answer stands')
    .argument('<id>', 'its id: "everturn approvals" lists them')
    .option('--deny', 'the call must not run; the step of the run fails')
    .option('--note <text>', 'told to the model when the call is denied, kept with the answer of a question')
    .option('--field <name=value>', 'of the form of a question; once for each', collectField)
    .option('--json', 'the answered one as one JSON line')
    .action((id: string, options: ApproveOptions) =>
      runCommand(options, () => (isQuestionId(id) ? answer(id, options) : approve(id, options))),
    );
};

const approve = async (id: string, { deny, note, field, json }: ApproveOptions): Promise<void> => {
  if (field) throw new EverturnError('bad_request', `Cannot answer ${id} with --field: a tool call has no form`);
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

const answer = async (id: string, { deny, note, field = {}, json }: ApproveOptions): Promise<void> => {
  const { api } = await connect();
  const style = styleOf(process.stdout);
  try {
    const question = await api.answerQuestion(id, {
      decision: deny ? 'deny' : 'approve',
      ...(note === undefined ? {} : { note }),
      fields: await typedFields(api, id, field),
    });
    if (json) printJson(question);
    else process.stdout.write(`${answerLine(question, style)}\n`);
  } catch (error) {
    const first = error instanceof EverturnError ? Question.safeParse(error.details?.question) : null;
    if (first?.success && first.data.decision && !json)
      process.stdout.write(
        `The first answer stands: ${answerLine(first.data, style)}, by ${first.data.answeredBy} at ${first.data.answeredAt}\n`,
      );
    throw error;
  }
};
