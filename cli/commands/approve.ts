import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import { Approval, type Remember } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { isQuestionId } from '../../contracts/ids.ts';
import type { AskedQuestion } from '../../contracts/permissions/question.ts';
import { Question, type QuestionAnswer } from '../../contracts/runs.ts';
import { connect } from '../connect.ts';
import { type JsonOption, wordsOfError } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { answerLine } from '../runs/describe.ts';
import { collectField, type Fields, typedFields } from '../runs/form.ts';
import { styleOf } from '../screen/style.ts';
import { parseReply } from '../turn/approver.ts';
import { decisionLine, exactArguments } from '../turn/describe.ts';
import { type RuleOptions, ruleOfOptions } from './rule-options.ts';

type ApproveOptions = JsonOption & {
  deny?: boolean;
  note?: string;
  field?: Fields;
  answer?: string;
  remember?: Remember['scope'];
  command?: string;
  path?: string;
  late?: boolean;
};

const notEmpty = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return text;
};

export const addApprove = (program: Command): void => {
  program
    .command('approve')
    .description('answer pending tool calls and questions; the first answer counts')
    .argument('<id...>', 'their ids: "everturn approvals" lists them')
    .option('--deny', 'deny: the call does not run; the step of the run fails')
    .option('--note <text>', 'shown to the model when the call is denied, stored with the answer to a question')
    .option(
      '--answer <text>',
      "the answer to an agent's question; choices by number or word, several with commas",
      notEmpty,
    )
    .option('--field <name=value>', "a field of a question's form; repeatable", collectField)
    .addOption(
      new Option('--remember <scope>', 'do not ask for such calls again, in this session or in this folder').choices([
        'session',
        'here',
      ]),
    )
    .option('--command <command>', 'with --remember: for this command, such as "npm run *" (default: exactly this one)')
    .option('--path <glob>', 'with --remember: for these files, such as "src/**" (default: exactly this one)')
    .option('--late', 'approve a denied call: the agent is notified and may make it once')
    .option('--json', 'one JSON line for each answer')
    .action((ids: string[], options: ApproveOptions) => runCommand(options, () => answerAll(ids, options)));
};

const answerAll = async (ids: readonly string[], options: ApproveOptions): Promise<void> => {
  const { api } = await connect();
  if (options.remember === undefined && (options.command !== undefined || options.path !== undefined))
    throw new EverturnError(
      'bad_request',
      'Cannot use --command or --path without --remember: they say what is remembered',
    );
  const failures: unknown[] = [];
  for (const id of ids) {
    try {
      await (isQuestionId(id) ? answerQuestion(api, id, options) : approve(api, id, options));
    } catch (error) {
      if (ids.length === 1) throw error;
      process.stderr.write(`${wordsOfError(error)}\n`);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

const base = ({ deny, note }: ApproveOptions): Pick<QuestionAnswer, 'decision' | 'note'> => ({
  decision: deny ? 'deny' : 'approve',
  ...(note === undefined ? {} : { note }),
});

const replyTo = (id: string, asked: AskedQuestion | null | undefined, text: string): string | string[] => {
  if (!asked)
    throw new EverturnError(
      'bad_request',
      `Cannot answer ${id} with --answer: it is a tool call, which is approved or denied`,
    );
  const reply = parseReply(asked, text);
  if (reply !== null) return reply;
  throw new EverturnError('form_invalid', `Cannot answer ${id} with "${text}": expected ${asked.choices.join(', ')}`);
};

const rememberOf = (
  { remember, command, path, deny }: ApproveOptions,
  tool: string | undefined,
): Pick<QuestionAnswer, 'remember'> => {
  if (remember === undefined) return {};
  const chosen: RuleOptions = {
    ...(command === undefined ? {} : { command }),
    ...(path === undefined ? {} : { path }),
  };
  if (command === undefined && path === undefined) return { remember: { scope: remember } };
  return {
    remember: {
      scope: remember,
      rule: ruleOfOptions(deny ? 'deny' : 'allow', { ...chosen, ...(tool ? { tool } : {}) }),
    },
  };
};

const approve = async (api: ApiClient, id: string, options: ApproveOptions): Promise<void> => {
  const { field, answer: text, late, json } = options;
  if (field)
    throw new EverturnError(
      'bad_request',
      `Cannot answer ${id} with --field: a tool call has no form; a question of an agent takes --answer`,
    );
  const style = styleOf(process.stdout);
  const waiting = (await api.listApprovals()).approvals.find((one) => one.id === id);
  if (waiting?.question && text === undefined && !options.deny)
    throw new EverturnError(
      'bad_request',
      `Cannot answer ${id} without --answer: the agent asks "${waiting.question.question}"`,
    );
  try {
    const approval = await api.answerApproval(id, {
      ...base(options),
      ...(text === undefined || !waiting ? {} : { fields: { answer: replyTo(id, waiting.question, text) } }),
      ...rememberOf(options, waiting?.tool),
      ...(late ? { late: true as const } : {}),
    });
    if (json) printJson(approval);
    else process.stdout.write(`${decisionLine(approval, style)}\n${exactArguments(approval.arguments)}\n`);
  } catch (error) {
    const first = error instanceof EverturnError ? Approval.safeParse(error.details?.approval) : null;
    if (first?.success && first.data.decision && !json)
      process.stdout.write(
        `The first answer counts: ${decisionLine(first.data, style)}, by ${first.data.answeredBy} at ${first.data.answeredAt}\n`,
      );
    throw error;
  }
};

const answerQuestion = async (api: ApiClient, id: string, options: ApproveOptions): Promise<void> => {
  const { field = {}, json } = options;
  const style = styleOf(process.stdout);
  try {
    const question = await api.answerQuestion(id, { ...base(options), fields: await typedFields(api, id, field) });
    if (json) printJson(question);
    else process.stdout.write(`${answerLine(question, style)}\n`);
  } catch (error) {
    const first = error instanceof EverturnError ? Question.safeParse(error.details?.question) : null;
    if (first?.success && first.data.decision && !json)
      process.stdout.write(
        `The first answer counts: ${answerLine(first.data, style)}, by ${first.data.answeredBy} at ${first.data.answeredAt}\n`,
      );
    throw error;
  }
};
