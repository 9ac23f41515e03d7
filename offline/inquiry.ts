import { escapeRegex } from './escape-regex.ts';
import { type PlannedCall, planCall } from './plan-call.ts';
import { entriesOf, findKnown, hitsOf, knownFiles, rankHits } from './results.ts';
import { doneBy, type Task } from './task.ts';
import { asksAboutProject, asksForList, filesNamedIn, searchWords } from './wording.ts';

export type Stage = { thinking: string; calls: PlannedCall[] };

const none: Stage = { thinking: '', calls: [] };
const named = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const isPath = (name: string): boolean => name.includes('/');

/** Folders that the question names, as the first listing shows them. */
export const foldersNamed = (task: Task): string[] => {
  const [first] = doneBy(task, 'list_files');
  const folders = first ? entriesOf(first).flatMap((entry) => /^(.+)\/(?: \(.*\))?$/.exec(entry)?.[1] ?? []) : [];
  const words = new Set(task.question.toLowerCase().match(/[\w.-]+/g));
  return folders.filter((folder) => words.has(folder.toLowerCase()));
};

const list = (task: Task): Stage => {
  if (doneBy(task, 'list_files').length > 0) return none;
  return { thinking: 'First I look at which files there are.', calls: planCall(task, 'list_files', {}) };
};

const locate = (task: Task): Stage => {
  if (doneBy(task, 'list_files').length !== 1) return none;
  const folders = asksForList(task.question) ? foldersNamed(task) : [];
  const known = knownFiles(task);
  const takesGlob = task.tools.get('list_files')?.has('glob') ?? false;
  const lost = takesGlob ? filesNamedIn(task.question).filter((name) => !isPath(name) && !findKnown(name, known)) : [];
  const calls = [
    ...folders.slice(0, 3).flatMap((path) => planCall(task, 'list_files', { path })),
    ...lost
      .slice(0, 3)
      .flatMap((name) => planCall(task, 'list_files', { glob: name.includes('.') ? name : `${name}*` })),
  ];
  return { thinking: `I look for ${named([...folders, ...lost])}.`, calls };
};

/** What to search for; a folder that is to be listed is no word to find. */
export const wordsToFind = (task: Task): string[] => {
  const folders = asksForList(task.question) ? foldersNamed(task).map((folder) => folder.toLowerCase()) : [];
  return searchWords(task.question).filter((word) => !folders.some((folder) => folder.startsWith(word.toLowerCase())));
};

/** The files to read: those that are named, else the README when the question is about the whole. */
const filesToRead = (task: Task): string[] => {
  const known = knownFiles(task);
  const isListed = doneBy(task, 'list_files').length > 0;
  const names = filesNamedIn(task.question);
  const found = names.flatMap((name) => findKnown(name, known) ?? (isPath(name) || !isListed ? [name] : []));
  if (found.length > 0) return [...new Set(found)].slice(0, 4);
  const isOpen = wordsToFind(task).length === 0 && !asksForList(task.question);
  if (names.length > 0 || !(asksAboutProject(task.question) || isOpen)) return [];
  return [findKnown('readme.md', known) ?? findKnown('readme', known) ?? []].flat();
};

const search = (task: Task, pattern: string): PlannedCall[] =>
  planCall(task, 'search_files', { pattern, ignore_case: true });

/** Lines that have two of the words; with one word, that one. */
const narrowPattern = (words: readonly string[]): string => {
  const parts = words.map(escapeRegex);
  const pairs = parts.flatMap((a) => parts.filter((b) => b !== a).map((b) => `${a}.*${b}`));
  return pairs.length > 0 ? pairs.join('|') : parts.join('|');
};

const gather = (task: Task): Stage => {
  if (doneBy(task, 'read_file').length + doneBy(task, 'search_files').length > 0) return none;
  const files = filesToRead(task);
  const words = wordsToFind(task);
  const reads = files.flatMap((path) => planCall(task, 'read_file', { path }));
  const searches = words.length > 0 ? search(task, narrowPattern(words)) : [];
  const plans = [
    ...(reads.length > 0 ? [`read ${named(files)}`] : []),
    ...(searches.length > 0 ? [`search for ${named(words)}`] : []),
  ];
  return { thinking: `Now I ${plans.join(' and ')}.`, calls: [...reads, ...searches] };
};

const widen = (task: Task): Stage => {
  const words = wordsToFind(task);
  const searches = doneBy(task, 'search_files');
  if (words.length < 2 || searches.length !== 1 || searches.flatMap(hitsOf).length > 0) return none;
  return {
    thinking: 'No line has two of the words: I search for any.',
    calls: search(task, words.map(escapeRegex).join('|')),
  };
};

const linesAround = 4;

const lookCloser = (task: Task): Stage => {
  if (doneBy(task, 'read_file').length > 0) return none;
  const [best] = rankHits(doneBy(task, 'search_files').flatMap(hitsOf), wordsToFind(task), 1);
  if (!best) return none;
  const offset = Math.max(1, best.line - linesAround);
  const calls = planCall(task, 'read_file', { path: best.path, offset, limit: 2 * linesAround + 1 });
  return { thinking: `The best hit is ${best.path}:${best.line}: I read around it.`, calls };
};

/** What to find out next; no calls when the answer can be given. */
export const inquire = (task: Task): Stage =>
  [list, locate, gather, widen, lookCloser].map((stage) => stage(task)).find(({ calls }) => calls.length > 0) ?? none;
