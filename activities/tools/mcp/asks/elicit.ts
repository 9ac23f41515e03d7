import { EverturnError } from '../../../../contracts/errors.ts';
import type { AskedQuestion } from '../../../../contracts/permissions/question.ts';
import type { Asker } from '../../asker.ts';
import { plainText } from '../plain-text.ts';
import { type FormField, questionsOf, type Value } from './form.ts';

const tries = 5;

type Elicited = { action: 'accept'; content: Record<string, Value> } | { action: 'decline' | 'cancel' };

type Options = { server: string; message: string; asker: Asker; signal: AbortSignal };

const confirm: AskedQuestion = { question: '', kind: 'choice', choices: ['yes', 'no'] };

/** `null`: it did not fit after some tries. */
const askField = async (
  { asker, signal }: Options,
  head: string,
  { question, read }: FormField,
): Promise<{ value: Value | undefined } | 'declined' | 'late' | null> => {
  let fault = '';
  for (let tried = 0; tried < tries; tried += 1) {
    const words = `${fault}${head}\n\n${question.question}`;
    const given = await asker.person({ ...question, question: words }, signal);
    if (typeof given === 'string') return given;
    try {
      return { value: read(given.answer) };
    } catch (error) {
      if (!(error instanceof EverturnError)) throw error;
      fault = `The answer ${JSON.stringify(given.answer)} does not fit: ${error.message}.\n\n`;
    }
  }
  return null;
};

/** Asks a person what a server wants to know, field by field. Throws `tool_failed` for a form that MCP does not allow. */
export const elicit = async (options: Options, requestedSchema: unknown): Promise<Elicited> => {
  const fields = questionsOf(requestedSchema);
  const head = `The MCP server ${options.server} asks: ${plainText(options.message, 3000)}`;
  if (fields.length === 0) {
    const given = await options.asker.person({ ...confirm, question: head }, options.signal);
    if (given === 'late') return { action: 'cancel' };
    return given !== 'declined' && given.answer === 'yes' ? { action: 'accept', content: {} } : { action: 'decline' };
  }
  const content: Record<string, Value> = {};
  for (const [index, field] of fields.entries()) {
    const place = fields.length > 1 ? ` (${index + 1} of ${fields.length})` : '';
    const given = await askField(options, `${head}${place}`, field);
    if (given === null || given === 'late') return { action: 'cancel' };
    if (given === 'declined') return { action: 'decline' };
    if (given.value !== undefined) content[field.name] = given.value;
  }
  return { action: 'accept', content };
};
