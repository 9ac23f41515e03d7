import { entriesOf, findKnown, hitsOf, knownFiles, rankHits } from './results.ts';
import { type Call, callOf, doneBy, nothing, type Stage, type Task } from './task.ts';
import { asksAboutProject, asksForList, filesNamedIn, pairPattern, searchWords, wordPattern } from './wording.ts';

const named = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
const isPath = (name: string): boolean => name.includes('/');

/** Folders that the question names, as the first listing shows them. */
export const foldersNamed = (task: Task): string[] => {
  const folders = doneBy(task, 'list_files')
    .slice(0, 1)
    .flatMap(entriesOf)
    .flatMap((entry) => /^(.+)\/(?: \(.*\))?$/.exec(entry)?.[1] ?? []);
  const words = new Set(task.question.toLowerCase().match(/[\w.-]+/g));
  return folders.filter((folder) => words.has(folder.toLowerCase()));
};

const list = (task: Task): Stage =>
  doneBy(task, 'list_files').length > 0
    ? nothing
    : { thinking: 'First I look at which files there are.', calls: callOf(task, 'list_files', {}) };

const locate = (task: Task): Stage => {
  if (doneBy(task, 'list_files').length !== 1) return nothing;
  const folders = asksForList(task.question) ? foldersNamed(task).slice(0, 3) : [];
  const lost = filesNamedIn(task.question).filter((name) => !isPath(name) && !findKnown(name, knownFiles(task)));
  const globs = lost.slice(0, 3).map((name) => (name.includes('.') ? name : `${name}*`));
  const calls = [...folders.map((path) => ({ path })), ...globs.map((glob) => ({ glob }))];
  return {
    thinking: `I look for ${named([...folders, ...lost])}.`,
    calls: calls.flatMap((args) => callOf(task, 'list_files', args)),
  };
};

/** What to search for, without the folders that are to be listed. */
export const wordsToFind = (task: Task): string[] => {
  const folders = asksForList(task.question) ? foldersNamed(task).map((folder) => folder.toLowerCase()) : [];
  return searchWords(task.question).filter((word) => !folders.some((folder) => folder.startsWith(word.toLowerCase())));
};

/** Files that are named, else the README when the question is about the whole. */
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

const search = (task: Task, pattern: string, path?: string): Call[] =>
  callOf(task, 'search_files', { pattern, ...(path === undefined ? {} : { path }), ignore_case: true });

const gather = (task: Task): Stage => {
  if (doneBy(task, 'read_file').length + doneBy(task, 'search_files').length > 0) return nothing;
  const files = filesToRead(task);
  const words = wordsToFind(task);
  const reads = files.flatMap((path) => callOf(task, 'read_file', { path }));
  const searches = words.length > 0 ? search(task, pairPattern(words)) : [];
  const plans = [
    ...(reads.length > 0 ? [`read ${named(files)}`] : []),
    ...(searches.length > 0 ? [`search for ${named(words)}`] : []),
  ];
  return { thinking: `Now I ${plans.join(' and ')}.`, calls: [...reads, ...searches] };
};

/** Searches for lines with two of the words, then, if few were found, with any of them. */
export const searchFor = (task: Task, words: readonly string[], enough: number, path?: string): Stage => {
  const searches = doneBy(task, 'search_files');
  if (searches.length === 0 && words.length > 0)
    return { thinking: `I search for ${named(words)}.`, calls: search(task, pairPattern(words), path) };
  if (words.length < 2 || searches.length !== 1 || searches.flatMap(hitsOf).length > enough) return nothing;
  const calls = search(task, words.map(wordPattern).join('|'), path);
  return { thinking: 'Few lines have two of the words: I search for any of them.', calls };
};

const widen = (task: Task): Stage =>
  doneBy(task, 'search_files').length > 0 ? searchFor(task, wordsToFind(task), 0) : nothing;

const linesAround = 4;

const lookCloser = (task: Task): Stage => {
  if (doneBy(task, 'read_file').length > 0) return nothing;
  const [best] = rankHits(doneBy(task, 'search_files').flatMap(hitsOf), wordsToFind(task), 1);
  if (!best) return nothing;
  const window = { path: best.path, offset: Math.max(1, best.line - linesAround), limit: 2 * linesAround + 1 };
  return {
    thinking: `The best hit is ${best.path}:${best.line}: I read around it.`,
    calls: callOf(task, 'read_file', window),
  };
};

/** What to find out next; no calls when the answer can be given. */
export const inquire = (task: Task): Stage =>
  [list, locate, gather, widen, lookCloser].map((stage) => stage(task)).find(({ calls }) => calls.length > 0) ??
  nothing;
