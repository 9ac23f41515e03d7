import { submitResultName } from '../contracts/tools.ts';
import type { ChatRequest } from './task.ts';
import { doneBy, type Task, toTask } from './task.ts';

/** A task whose result is handed in by a call, in the form of a schema. */
export type Brief = Task & {
  schema: object;
  /** Why earlier results were refused. */
  refused: string[];
};

/** Null when no result is asked for. */
export const toBrief = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Brief | null => {
  const submit = tools.find((tool) => tool.function.name === submitResultName);
  if (!submit) return null;
  const first = messages.findIndex(({ role }) => role === 'user');
  // A reminder to hand in the result is not what it is about.
  const isReminder = (content: string, index: number): boolean => index !== first && content.includes(submitResultName);
  const said = messages.filter(({ role, content }, index) => role !== 'user' || !isReminder(content, index));
  const task = toTask({ messages: said, tools });
  const schema = submit.function.parameters?.properties.result;
  return {
    ...task,
    schema: typeof schema === 'object' && schema !== null ? schema : {},
    refused: doneBy(task, submitResultName).map(({ result }) => result),
  };
};

/** The text after a label at the start of a line: `Question: …`; JSON may begin on the next line. */
export const labelled = ({ question }: Task, ...labels: string[]): string | undefined =>
  // biome-ignore lint/plugin: the labels are ours
  new RegExp(`^(?:${labels.join('|')}):\\s*(\\S.*)$`, 'im').exec(question)?.[1]?.trim();

export const folderOf = (brief: Brief): string => labelled(brief, 'folder', 'path') ?? '.';

/** What is asked: after a label, or the whole text. */
export const subjectOf = (brief: Brief): string =>
  labelled(brief, 'query', 'question', 'topic', 'goal', 'task') ?? brief.question.slice(0, 2000);

const parse = (json: string): unknown[] => {
  try {
    return [JSON.parse(json) as unknown].flat();
  } catch {
    return [];
  }
};

/** The list after a label. */
export const listed = (brief: Brief, label: string): unknown[] => parse(labelled(brief, label) ?? '');

/** The objects in JSON on a line, or over several lines, of the prompt. */
export const objectsIn = ({ question }: Task): Record<string, unknown>[] =>
  [...question.slice(0, 200_000).matchAll(/^[[{](?:.*[\]}]|[\s\S]*?^[\]}])$/gm)]
    .flatMap(([json]) => parse(json))
    .filter((value): value is Record<string, unknown> => typeof value === 'object' && value !== null);
