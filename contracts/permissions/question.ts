import { z } from 'zod';

/** What an agent asks a user: a text, one of the choices, or several of them. */
export const AskedQuestion = z.object({
  question: z.string(),
  kind: z.enum(['text', 'choice', 'choices']),
  choices: z.array(z.string()),
  /** Used if there is no answer before the deadline. */
  default: z.union([z.string(), z.array(z.string())]).optional(),
});
export type AskedQuestion = z.infer<typeof AskedQuestion>;

/** What is wrong with an answer; null when it fits. */
export const answerFault = ({ kind, choices }: AskedQuestion, answer: unknown): string | null => {
  if (kind === 'text') return typeof answer === 'string' && answer.trim() !== '' ? null : 'answer: expected a text';
  const given = kind === 'choices' ? answer : [answer];
  const expected = kind === 'choices' ? `a list of ${choices.join(', ')}` : `one of ${choices.join(', ')}`;
  if (!Array.isArray(given) || given.length === 0) return `answer: expected ${expected}`;
  const wrong = given.filter((one) => typeof one !== 'string' || !choices.includes(one));
  if (wrong.length > 0) return `answer: expected ${expected}, found ${JSON.stringify(wrong[0]) ?? 'nothing'}`;
  return new Set(given).size === given.length ? null : 'answer: a choice is given twice';
};

/** As the model reads it. */
export const writtenAnswer = (answer: unknown): string =>
  Array.isArray(answer) ? answer.map((one) => `- ${String(one)}`).join('\n') : String(answer);
