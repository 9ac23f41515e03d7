import { findKnown } from './results.ts';
import { callOf, doneBy, look, type Move, type PlannedCall, type Task } from './task.ts';
import { asksForList, filesNamedIn, patternsFor, searchWords } from './wording.ts';

const named = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** Files that are named and in no listing. */
export const filesLost = (task: Task): string[] =>
  filesNamedIn(task.question).filter((name) => !name.includes('/') && !findKnown(name, task));

export const search = (task: Task, words: readonly string[], path?: string): PlannedCall[] =>
  patternsFor(words).flatMap((pattern) =>
    callOf(task, 'search_files', { pattern, ...(path === undefined ? {} : { path }), ignore_case: true }),
  );

const list = (task: Task): Move | null =>
  doneBy(task, 'list_files').length > 0
    ? null
    : look('First I look at which files there are.', callOf(task, 'list_files', {}));

const locate = (task: Task): Move | null => {
  if (doneBy(task, 'list_files').length !== 1) return null;
  const lost = filesLost(task).slice(0, 3);
  const globs = lost.map((name) => (name.includes('.') ? name : `${name}*`));
  return look(
    `I look for ${named(lost)}.`,
    globs.flatMap((glob) => callOf(task, 'list_files', { glob })),
  );
};

/** Reads the files that are named and searches for words; the README when neither a file, a list nor a word is asked for. */
const gather = (task: Task): Move | null => {
  if (doneBy(task, 'read_file', 'search_files').length > 0) return null;
  const words = searchWords(task.question);
  const names = filesNamedIn(task.question);
  const wanted = names.length + words.length > 0 || asksForList(task.question) ? names : ['readme'];
  const files = wanted.flatMap((name) => findKnown(name, task) ?? (name.includes('/') ? [name] : [])).slice(0, 4);
  const reads = files.flatMap((path) => callOf(task, 'read_file', { path }));
  return look(`Now I look for ${named([...files, ...words])}.`, [...reads, ...search(task, words)]);
};

/** What to find out next; null when the answer can be given. */
export const inquire = (task: Task): Move | null => list(task) ?? locate(task) ?? gather(task);
