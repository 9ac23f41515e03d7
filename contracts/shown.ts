import type { Approval } from './approvals.ts';
import { inexactNumber } from './exact-json.ts';
import type { Question } from './runs.ts';
import { visible } from './visible.ts';

/** The arguments of a call, indented; as they are when they are not JSON. */
const prettyArguments = (text: string): string => {
  // A number that reading rounds would be shown as another one.
  if (inexactNumber('', text) !== null) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** In one line, with what breaks lines written out: what is there cannot be mistaken for our own lines. */
export const visibleInLine = (text: string): string =>
  visible(text).replaceAll('\n', '\\u000a').replaceAll('\t', '\\u0009');

/** The arguments of a call, complete, as the user who approves it must see them. */
export const shownArguments = (text: string): string => visible(prettyArguments(text));

/** A field of a form in one line: `<name> (<label>): <type or choices>`. */
export const shownField = ({ name, label, type, choices, required }: Question['form'][number]): string => {
  const kind = type === 'choice' ? (choices ?? []).join(' | ') : type;
  return visibleInLine(`${name}${label ? ` (${label})` : ''}: ${kind}${required ? ', required' : ''}`);
};

/** What an agent asks: the question, then its choices. */
export const shownAsked = ({ question, kind, choices, default: given }: NonNullable<Approval['question']>): string => {
  const how =
    kind === 'text'
      ? []
      : [kind === 'choice' ? 'One of:' : 'One or more of:', ...choices.map((one) => `- ${visibleInLine(one)}`)];
  const otherwise = given === undefined ? [] : [`Without an answer: ${visibleInLine([given].flat().join(', '))}`];
  return [visible(question), ...how, ...otherwise].join('\n');
};

/**
 * Everything about a call that is approved: the tool, facts about the call, its arguments, then what it would do to files; of a
 * question of an agent what it asks.
 */
export const shownApproval = ({
  tool,
  arguments: text,
  about,
  changes = [],
  question,
}: Pick<Approval, 'tool' | 'arguments' | 'about' | 'changes' | 'question'>): string =>
  [
    [
      visibleInLine(tool),
      ...(about === undefined ? [] : [visibleInLine(about)]),
      question ? shownAsked(question) : shownArguments(text),
    ].join('\n'),
    ...changes.map(({ diff }) => visible(diff)),
  ].join('\n\n');

/** All of a question that is answered: what it asks, then each field of its form. */
export const shownQuestion = ({ prompt, form }: Pick<Question, 'prompt' | 'form'>): string =>
  [visible(prompt), ...form.map(shownField)].join('\n');
