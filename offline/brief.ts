import { submitResultName } from '../contracts/tools.ts';
import type { ChatRequest } from './request.ts';
import { doneBy, type Task, toTask } from './task.ts';

/** A task whose result is handed in by a call, in the form of a schema. */
export type Brief = Task & {
  schema: unknown;
  /** What was said of results that were handed in before. */
  refused: string[];
};

/** Null when no result is asked for. */
export const toBrief = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Brief | null => {
  const submit = tools.find((tool) => tool.function.name === submitResultName);
  if (!submit) return null;
  const first = messages.findIndex(({ role }) => role === 'user');
  // Reminders to hand in the result say nothing of what it is about.
  const isReminder = (content: string, index: number): boolean => index !== first && content.includes(submitResultName);
  const said = messages.filter(({ role, content }, index) => role !== 'user' || !isReminder(content, index));
  const task = toTask({ messages: said, tools });
  const refused = doneBy(task, submitResultName).map(({ result }) => result);
  return { ...task, schema: submit.function.parameters?.properties.result ?? {}, refused };
};

/** The text after a label at the start of a line: `Question: …`. */
export const labelled = ({ question }: Task, ...labels: string[]): string | undefined =>
  // biome-ignore lint/plugin: the labels are ours
  new RegExp(`^(?:${labels.join('|')}): *(\\S.*)$`, 'im').exec(question)?.[1]?.trim();

export const folderOf = (brief: Brief): string => labelled(brief, 'folder', 'path') ?? '.';

/** What is asked: after a label, or the whole text. */
export const subjectOf = (brief: Brief): string =>
  labelled(brief, 'query', 'question', 'topic', 'goal', 'task') ?? brief.question.slice(0, 2000);

/** JSON on a line of its own, over several lines, or after a label. */
export const jsonIn = (text: string): unknown[] =>
  [...text.slice(0, 200_000).matchAll(/(?:^|[:?] )([[{](?:.*[\]}]|[\s\S]*?^[\]}]))$/gm)].flatMap(([, json = '']) => {
    try {
      return [JSON.parse(json) as unknown];
    } catch {
      return [];
    }
  });

type Fields = Record<string, unknown>;

/** Every object in the JSON of the prompt. */
export const objectsIn = (value: unknown): Fields[] =>
  Array.isArray(value)
    ? value.flatMap(objectsIn)
    : typeof value === 'object' && value !== null
      ? [value as Fields]
      : [];
