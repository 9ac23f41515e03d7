import { filesLost } from './inquiry.ts';
import type { Order } from './orders.ts';
import { beginningOf, entriesOf, type Line, linesOf, rankLines, shorten } from './results.ts';
import { type DoneCall, doneBy, type Task } from './task.ts';
import { asksForList, searchWords } from './wording.ts';

const fence = (text: string, marks = text.includes('```') ? '````' : '```'): string => `${marks}\n${text}\n${marks}`;
const item = ({ path, line, text }: Line): string => `- ${path}:${line}: ${shorten(text, 200)}`;

const configure = 'For real answers, configure a model in everturn.yaml.';

export const introduce = ({ tools }: Task): string =>
  tools.size === 0
    ? `No tools were offered with this request. I can only quote what tools return, so I can neither look anything up nor answer from knowledge. ${configure}`
    : `I am the built-in offline model: I use the tools I am offered (${[...tools].join(', ')}) and quote what they return; I do not reason. Ask about the files here, or give an order such as \`write notes.md: some text\` or \`run: npm test\`. ${configure}`;

const listSection = (call: DoneCall): string => {
  const entries = entriesOf(call);
  if (entries.length === 0) return `list_files said: ${shorten(call.result, 300)}`;
  const shown = entries.slice(0, 40).map((entry) => `- ${entry.replace(/^[^ ]+/, (path) => `\`${path}\``)}`);
  const more = entries.length > 40 ? [`- and ${entries.length - 40} more`] : [];
  return [`I find ${entries.length} files and folders here:\n`, ...shown, ...more].join('\n');
};

const fileSection = (call: DoneCall, words: readonly string[]): string => {
  const lines = linesOf(call);
  const quoted = beginningOf(lines);
  const [start] = quoted;
  if (!start) return `\`${String(call.args.path)}\`: ${shorten(call.result, 300)}`;
  const others = lines.filter((line) => !quoted.includes(line));
  const also = rankLines(others, words, 4).map(item);
  return [
    `From \`${start.path}\` (${start.path}:${start.line}):\n`,
    fence(
      quoted
        .map(({ text }) => text.slice(0, 200))
        .join('\n')
        .trimEnd(),
    ),
    ...(also.length > 0 ? ['\nIt also says:\n', ...also] : []),
  ].join('\n');
};

const searchSection = (calls: readonly DoneCall[], words: readonly string[]): string => {
  const sought = words.map((word) => `“${word}”`).join(', ');
  const hits = rankLines(calls.flatMap(linesOf), words, 6).map(item);
  if (hits.length > 0) return [`Lines with ${sought}, best first:\n`, ...hits].join('\n');
  return `I find no line with ${sought}.`;
};

/** An answer made of quotations, each with its place. */
export const answerQuestion = (task: Task): string => {
  const words = searchWords(task.question);
  const listings = doneBy(task, 'list_files').filter(({ args }) => args.glob === undefined);
  const searches = doneBy(task, 'search_files');
  const found = [
    ...(listings.length > 0 ? filesLost(task).map((name) => `I found no file named \`${name}\`.`) : []),
    ...(searches.length > 0 ? [searchSection(searches, words)] : []),
    ...doneBy(task, 'read_file').map((call) => fileSection(call, words)),
  ];
  const lists = asksForList(task.question) || found.length === 0 ? listings.map(listSection) : [];
  return [...lists, ...found].join('\n\n') || `The tools I was offered gave me nothing to quote for this. ${configure}`;
};

const report = ({ tool, args, result }: DoneCall): string => {
  const what = Array.isArray(args.argv) ? ` \`${args.argv.join(' ')}\`` : args.path ? ` \`${String(args.path)}\`` : '';
  const lines = result.trimEnd().split('\n');
  const cut = [...lines.slice(0, 10), `… ${lines.length - 29} lines …`, ...lines.slice(-19)];
  const shown = (lines.length > 30 ? cut : lines).join('\n');
  return `${tool}${what}:${lines.length > 1 ? `\n\n${fence(shown)}` : ` ${shorten(shown, 500)}`}`;
};

export const answerOrders = (task: Task, orders: readonly Order[]): string => {
  const absent = orders.filter(({ tool }) => !task.tools.has(tool));
  const regrets = absent.map(({ saying, tool }) => `I cannot ${saying}: the tool ${tool} is not offered to me.`);
  return [...task.done.map(report), ...regrets].join('\n\n');
};

/** The message by which a background agent reports its end, quoted; null for any other message. */
export const quoteEnd = (question: string): string | null => {
  const [, label, how, text = ''] = /^\[Background agent "(.*)" \(a_\w+\) (.+)\]\n?([\s\S]*)$/.exec(question) ?? [];
  if (label === undefined) return null;
  return `The background agent “${label}” ${how}.${text.trim() === '' ? '' : `\n\n${text.trim().replaceAll(/^/gm, '> ')}`}`;
};
