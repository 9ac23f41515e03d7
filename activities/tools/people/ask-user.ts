import { z } from 'zod';
import { OneLine } from '../../../contracts/one-line.ts';
import { type AskedQuestion, answerFault, writtenAnswer } from '../../../contracts/permissions/question.ts';
import { checkArguments } from '../arguments.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { noNul } from '../text.ts';
import type { Asks } from '../tool.ts';

const maxSeconds = 30 * 24 * 3600;

const parameters = z
  .strictObject({
    question: noNul.min(1).max(4000).describe('What to ask, with everything the user needs to know for the answer'),
    kind: z
      .enum(['text', 'choice', 'choices'])
      .default('text')
      .describe('A text, one of the choices, or one or more of them'),
    choices: z.array(OneLine.min(1).max(200)).min(2).max(50).optional().describe('For choice and choices'),
    default: z
      .union([z.string().min(1).max(4000), z.array(z.string()).min(1).max(50)])
      .optional()
      .describe('The answer used after the deadline; a list for choices'),
    deadline_seconds: z
      .number()
      .min(1)
      .max(maxSeconds)
      .optional()
      .describe('How long to wait. Default: until there is an answer'),
  })
  .superRefine(({ kind, choices, default: given, deadline_seconds }, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (kind === 'text' && choices) fault('choices', 'a text has none; set kind to choice or choices');
    if (kind !== 'text' && !choices) fault('choices', `needed with kind ${kind}`);
    if (choices && new Set(choices).size < choices.length) fault('choices', 'each may be there once');
    if (given === undefined) return;
    if (deadline_seconds === undefined) fault('default', 'used only with deadline_seconds, which is missing');
    const wrong = answerFault({ question: '', kind, choices: choices ?? [] }, given);
    if (wrong) fault('default', wrong.replace(/^answer: /, ''));
  });

const questionOf = ({ question, kind, choices = [], default: given }: z.output<typeof parameters>): AskedQuestion => ({
  question,
  kind,
  choices,
  ...(given === undefined ? {} : { default: given }),
});

const name = 'ask_user';

export const askUser = {
  ...defineTool({
    name,
    description:
      'Ask the user a question and wait for the answer. Only for what the user must decide or know; not for what the workspace says.',
    parameters,
    effect: 'pure',
    permission: 'read',
    doing: () => 'ask the user',
    async run(args, { answer }) {
      if (answer === undefined) throw failed('the question was not asked');
      const fault = answerFault(questionOf(args), answer.answer);
      if (fault) throw failed(`the answer does not fit the question (${fault})`);
      const written = writtenAnswer(answer.answer);
      return ok(answer.by === 'deadline' ? `[No answer in time; the default is used]\n${written}` : written);
    },
  }),
  touches: () => ({}),
  asks: (args: Record<string, unknown>): Asks => {
    const checked = checkArguments({ name, parameters }, args);
    const { deadline_seconds: seconds } = checked;
    return { question: questionOf(checked), ...(seconds === undefined ? {} : { deadlineMs: seconds * 1000 }) };
  },
};
