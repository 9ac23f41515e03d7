import { firstLines, firstParagraph, isProse, titleOf } from './extract.ts';
import { foldersNamed, wordsToFind } from './inquiry.ts';
import type { Order } from './orders.ts';
import { entriesOf, findKnown, hitsOf, knownFiles, type Line, rankHits, readLines } from './results.ts';
import { type DoneCall, doneBy, type Task } from './task.ts';
import { asksForList, filesNamedIn } from './wording.ts';

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const at = ({ path, line }: Line): string => `${path}:${line}`;
const fence = (text: string): string => {
  const marks = text.includes('```') ? '````' : '```';
  return `${marks}\n${text}\n${marks}`;
};

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const configure = 'For real answers, configure a model in everturn.yaml.';

export const regretNoTools = (): string =>
  `No tools were offered with this request. I can only quote what tools return, so I can neither look anything up nor answer from knowledge. ${configure}`;

export const introduce = ({ tools }: Task): string =>
  `I am the built-in offline model: I use the tools I am offered (${[...tools.keys()].join(', ')}) and quote what they return; I do not reason. Ask about the files here, or tell me \`write notes.md: some text\` or \`run: npm test\`. ${configure}`;

const listSection = (call: DoneCall): string => {
  const entries = entriesOf(call);
  const where = typeof call.args.path === 'string' ? `in \`${call.args.path}\`` : 'here';
  if (entries.length === 0) return `list_files said: ${cut(call.result, 300)}`;
  const folders = entries.filter((entry) => /\/( \(.*\))?$/.test(entry)).length;
  const shown = entries.slice(0, 40).map((entry) => `- ${entry.replace(/^[^ ]+/, (path) => `\`${path}\``)}`);
  const more = entries.length > 40 ? [`- and ${entries.length - 40} more`] : [];
  const counts = `${count(entries.length - folders, 'file')} and ${count(folders, 'folder')}`;
  return [`I find ${counts} ${where}:\n`, ...shown, ...more].join('\n');
};

const matching = (lines: readonly Line[], words: readonly string[], most: number): string[] =>
  rankHits(
    lines.filter(({ text }) => words.some((word) => text.toLowerCase().includes(word.toLowerCase()))),
    words,
    most,
  ).map((line) => `- ${at(line)}: ${cut(line.text.trim(), 200)}`);

const fileSection = (call: DoneCall, words: readonly string[]): string => {
  const lines = readLines(call);
  const path = String(call.args.path ?? 'the file');
  const [first] = lines;
  if (!first) return `\`${path}\`: ${cut(call.result, 300)}`;
  const isWindow = first.line > 1 || call.args.limit !== undefined;
  const paragraph = isProse(path) && !isWindow ? firstParagraph(lines) : [];
  const [start = first] = paragraph;
  if (paragraph.length > 0) {
    const title = titleOf(lines);
    const head = title
      ? `\`${path}\` is titled “${title}”. It begins (${at(start)}):`
      : `\`${path}\` begins (${at(start)}):`;
    const quote = paragraph.map(({ text }) => `> ${text.trim()}`).join('\n');
    const rest = lines.filter((line) => !paragraph.includes(line));
    const others = matching(rest, words, 4);
    return [head, '', quote, ...(others.length > 0 ? ['', 'It also says:', '', ...others] : [])].join('\n');
  }
  const quoted = firstLines(lines, 12);
  const text = fence(quoted.map((line) => cut(line.text, 200)).join('\n'));
  const others = isWindow ? [] : matching(lines, words, 4);
  return [
    `From \`${path}\` (${at(quoted[0] ?? first)}):`,
    '',
    text,
    ...(others.length > 0 ? ['', ...others] : []),
  ].join('\n');
};

const searchSection = (call: DoneCall, words: readonly string[]): string => {
  const hits = hitsOf(call);
  const sought = words.map((word) => `“${word}”`).join(', ');
  if (hits.length === 0) {
    const isEmpty = /^\[No |^$/.test(call.result);
    return isEmpty ? `I find no line for ${sought}.` : `search_files said: ${cut(call.result, 300)}`;
  }
  const best = rankHits(hits, words, 6).map((hit) => `- ${at(hit)}: ${cut(hit.text.trim(), 200)}`);
  const atLeast = call.result.includes('[More hits were left out') ? 'more than ' : '';
  return [`I find ${atLeast}${count(hits.length, 'line')} for ${sought}. Best first:`, '', ...best].join('\n');
};

const missingSection = (task: Task): string[] => {
  if (doneBy(task, 'list_files').length === 0) return [];
  const known = knownFiles(task);
  const read = doneBy(task, 'read_file').map(({ args }) => String(args.path));
  const lost = filesNamedIn(task.question).filter((name) => !findKnown(name, known) && !read.includes(name));
  return lost.map((name) => `I found no file named \`${name}\`.`);
};

/** An answer made of quotations, each with its place. */
export const answerQuestion = (task: Task): string => {
  const words = wordsToFind(task);
  const listings = doneBy(task, 'list_files').filter(({ args }) => args.glob === undefined);
  const wanted = foldersNamed(task).length > 0 && listings.length > 1 ? listings.slice(1) : listings;
  const reads = doneBy(task, 'read_file').map((call) => fileSection(call, words));
  const searches = doneBy(task, 'search_files')
    .slice(-1)
    .map((call) => searchSection(call, words));
  const isCloserLook = doneBy(task, 'read_file').some(({ args }) => args.offset !== undefined);
  const found = [...missingSection(task), ...(isCloserLook ? [...searches, ...reads] : [...reads, ...searches])];
  const sections = [...(asksForList(task.question) || found.length === 0 ? wanted.map(listSection) : []), ...found];
  return sections.join('\n\n') || `The tools I was offered gave me nothing to quote for this. ${configure}`;
};

const report = ({ tool, args, result }: DoneCall): string => {
  const what = Array.isArray(args.argv) ? `\`${args.argv.join(' ')}\`` : args.path ? `\`${String(args.path)}\`` : '';
  const lines = result.trimEnd().split('\n');
  const shown =
    lines.length > 30 ? [...lines.slice(0, 10), `… ${lines.length - 30} lines …`, ...lines.slice(-20)] : lines;
  const text = shown.length > 1 ? `\n\n${fence(shown.join('\n'))}` : ` ${cut(shown[0] ?? '', 500)}`;
  return `${[tool, what].filter(Boolean).join(' ')}:${text}`;
};

export const answerOrders = (task: Task, orders: readonly Order[]): string => {
  const absent = orders.filter(({ tool }) => !task.tools.has(tool));
  return [
    ...task.done.map(report),
    ...absent.map(({ saying, tool }) => `I cannot ${saying}: the tool ${tool} is not offered to me.`),
  ].join('\n\n');
};
