import { submitResultName } from '../contracts/tools.ts';
import { escapeRegex } from './escape-regex.ts';
import type { ChatRequest } from './request.ts';
import { leaves, propertyNames } from './result/schema.ts';
import { doneBy, type Task, toTask } from './task.ts';

/** A task whose result is to be handed in by a call, in the form of a schema. */
export type Brief = Task & {
  system: string;
  schema: unknown;
  /** Names of all properties of the schema, at any depth. */
  asks: ReadonlySet<string>;
  /** Whether any leaf of the schema is a boolean. */
  asksWhether: boolean;
  /** What was said of results that were handed in before. */
  refused: string[];
};

/** Without reminders to hand in the result: they say nothing of what it is about. */
const withoutReminders = (messages: ChatRequest['messages']): ChatRequest['messages'] => {
  const first = messages.findIndex(({ role }) => role === 'user');
  return messages.filter(
    ({ role, content }, index) => role !== 'user' || index === first || !content.includes(submitResultName),
  );
};

/** Null when no result is asked for. */
export const toBrief = ({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): Brief | null => {
  const submit = tools.find((tool) => tool.function.name === submitResultName);
  if (!submit) return null;
  const task = toTask({ messages: withoutReminders(messages), tools });
  const schema = submit.function.parameters?.properties.result ?? {};
  return {
    ...task,
    system: messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => content)
      .join('\n'),
    schema,
    asks: new Set(propertyNames(schema)),
    asksWhether: leaves(schema).some(({ type }) => type === 'boolean'),
    refused: doneBy(task, submitResultName).map(({ result }) => result),
  };
};

/** What stands behind a label at the start of a line: `Question: …`. */
export const labelled = ({ question }: Task, ...labels: string[]): string | undefined => {
  // biome-ignore lint/plugin: all its parts are ours
  const label = new RegExp(
    `^[ \\t>*-]*\\**(?:${labels.map(escapeRegex).join('|')})\\**[ \\t]*:\\**[ \\t]*(\\S[^\\n]*)$`,
    'im',
  );
  return label.exec(question)?.[1]?.trim();
};

const bare = (text: string): string => text.replace(/^[`"']+|[`"'.,;]+$/g, '');

/** The folder to stay in: behind a label, or named as such in the text. The workspace when there is none. */
export const folderOf = (brief: Brief): string => {
  const named =
    labelled(brief, 'folder', 'path', 'directory', 'part', 'scope') ??
    /\b(?:in|of|under) the (?:folder|directory) [`"']?([\w@./-]+)/i.exec(brief.question)?.[1];
  const folder = bare(named?.split(/\s/)[0] ?? '');
  return folder === '' || folder === './' ? '.' : folder.replace(/(.)\/$/, '$1');
};

/** What is asked: behind a label, or the whole text. */
export const subjectOf = (brief: Brief): string =>
  labelled(brief, 'query', 'search query', 'search for') ??
  labelled(brief, 'question', 'topic', 'subject', 'claim', 'task', 'goal') ??
  brief.question.slice(0, 2000);
