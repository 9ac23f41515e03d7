import { foldersNamed, wordsToFind } from './inquiry.ts';
import type { Order } from './orders.ts';
import {
  counted,
  entriesOf,
  findKnown,
  firstParagraph,
  hitsOf,
  isProse,
  knownFiles,
  type Line,
  rankHits,
  readLines,
  shorten,
  titleOf,
} from './results.ts';
import { type DoneCall, doneBy, type Task } from './task.ts';
import { asksForList, filesNamedIn, wordsIn } from './wording.ts';

const at = ({ path, line }: Line): string => `${path}:${line}`;
const fence = (text: string): string => {
  const marks = text.includes('```') ? '````' : '```';
  return `${marks}\n${text}\n${marks}`;
};

const configure = 'For real answers, configure a model in everturn.yaml.';

export const regretNoTools = (): string =>
  `No tools were offered with this request. I can only quote what tools return, so I can neither look anything up nor answer from knowledge. ${configure}`;

export const introduce = ({ tools }: Task): string =>
  `I am the built-in offline model: I use the tools I am offered (${[...tools].join(', ')}) and quote what they return; I do not reason. Ask about the files here, or tell me \`write notes.md: some text\` or \`run: npm test\`. ${configure}`;

const listSection = (call: DoneCall): string => {
  const entries = entriesOf(call);
  const where = typeof call.args.path === 'string' ? `in \`${call.args.path}\`` : 'here';
  if (entries.length === 0) return `list_files said: ${shorten(call.result, 300)}`;
  const folders = entries.filter((entry) => /\/( \(.*\))?$/.test(entry)).length;
  const shown = entries.slice(0, 40).map((entry) => `- ${entry.replace(/^[^ ]+/, (path) => `\`${path}\``)}`);
  const more = entries.length > 40 ? [`- and ${entries.length - 40} more`] : [];
  const counts = `${counted(entries.length - folders, 'file')} and ${counted(folders, 'folder')}`;
  return [`I find ${counts} ${where}:\n`, ...shown, ...more].join('\n');
};

const matching = (lines: readonly Line[], words: readonly string[], max: number): string[] => {
  const hits = rankHits(
    lines.filter(({ text }) => wordsIn(text, words).length > 0),
    words,
    max,
  );
  return hits.map((line) => `- ${at(line)}: ${shorten(line.text, 200)}`);
};

const fileSection = (call: DoneCall, words: readonly string[]): string => {
  const lines = readLines(call);
  const path = String(call.args.path);
  const [first] = lines;
  if (!first) return `\`${path}\`: ${shorten(call.result, 300)}`;
  const isWindow = call.args.limit !== undefined;
  const paragraph = isProse(path) && !isWindow ? firstParagraph(lines) : [];
  const others = isWindow
    ? []
    : matching(
        lines.filter((line) => !paragraph.includes(line)),
        words,
        4,
      );
  const [start] = paragraph;
  if (!start) {
    const quoted = fence(
      lines
        .slice(0, 12)
        .map(({ text }) => text.slice(0, 200))
        .join('\n'),
    );
    return [`From \`${path}\` (${at(first)}):`, '', quoted, ...(others.length > 0 ? ['', ...others] : [])].join('\n');
  }
  const title = titleOf(lines);
  const head = title === undefined ? `\`${path}\` begins` : `\`${path}\` is titled “${title}”. It begins`;
  const quote = paragraph.map(({ text }) => `> ${text.trim()}`);
  const also = others.length > 0 ? ['', 'It also says:', '', ...others] : [];
  return [`${head} (${at(start)}):`, '', ...quote, ...also].join('\n');
};

const searchSection = (call: DoneCall, words: readonly string[]): string => {
  const hits = hitsOf(call);
  const sought = words.map((word) => `“${word}”`).join(', ');
  if (hits.length === 0) {
    const isEmpty = /^\[No |^$/.test(call.result);
    return isEmpty ? `I find no line for ${sought}.` : `search_files said: ${shorten(call.result, 300)}`;
  }
  const atLeast = call.result.includes('[More hits were left out') ? 'more than ' : '';
  const count = `${atLeast}${counted(hits.length, 'line')}`;
  return [`I find ${count} for ${sought}. Best first:`, '', ...matching(hits, words, 6)].join('\n');
};

const missingSection = (task: Task): string[] => {
  if (doneBy(task, 'list_files').length === 0) return [];
  const read = doneBy(task, 'read_file').map(({ args }) => String(args.path));
  const lost = filesNamedIn(task.question).filter((name) => !findKnown(name, knownFiles(task)) && !read.includes(name));
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
  const found = [...missingSection(task), ...searches, ...reads];
  const sections = [...(asksForList(task.question) || found.length === 0 ? wanted.map(listSection) : []), ...found];
  return sections.join('\n\n') || `The tools I was offered gave me nothing to quote for this. ${configure}`;
};

const report = ({ tool, args, result }: DoneCall): string => {
  const what = Array.isArray(args.argv) ? `\`${args.argv.join(' ')}\`` : args.path ? `\`${String(args.path)}\`` : '';
  const lines = result.trimEnd().split('\n');
  const cut = [...lines.slice(0, 10), `… ${lines.length - 30} lines …`, ...lines.slice(-20)];
  const shown = lines.length > 30 ? cut : lines;
  const text = shown.length > 1 ? `\n\n${fence(shown.join('\n'))}` : ` ${shorten(shown[0] ?? '', 500)}`;
  return `${[tool, what].filter(Boolean).join(' ')}:${text}`;
};

export const answerOrders = (task: Task, orders: readonly Order[]): string => {
  const absent = orders.filter(({ tool }) => !task.tools.has(tool));
  const regrets = absent.map(({ saying, tool }) => `I cannot ${saying}: the tool ${tool} is not offered to me.`);
  return [...task.done.map(report), ...regrets].join('\n\n');
};

const endOfAgent = /^\[Background agent "(.*)" \((a_\w+)\) (.+)\]\n?([\s\S]*)$/;

/** The message by which a background agent reports its end, quoted; null for any other. */
export const quoteEnd = (question: string): string | null => {
  const [, label, , how, text = ''] = endOfAgent.exec(question) ?? [];
  if (label === undefined) return null;
  const quote = text.trim() === '' ? '' : `\n\n${text.trim().replaceAll(/^/gm, '> ')}`;
  return `The background agent “${label}” ${how}.${quote}`;
};
