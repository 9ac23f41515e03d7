import { type Brief, folderOf, labelled, subjectOf } from '../brief.ts';
import { escapeRegex } from '../escape-regex.ts';
import { firstParagraph } from '../extract.ts';
import { inquire } from '../inquiry.ts';
import { planCall } from '../plan-call.ts';
import type { Found } from '../result/evidence.ts';
import { hitsOf, type Line, readLines } from '../results.ts';
import { doneBy } from '../task.ts';
import { filesNamedIn, searchWords } from '../wording.ts';
import { counted, nothing, quoteOf, type Role, says, shorten } from './role.ts';

const mostPassages = 12;
const shortest = 24;

/** A hyphen in a word may be a space, or nothing; a short word is no middle of another. */
export const wordPattern = (word: string): string => {
  const pattern = word.split('-').map(escapeRegex).join('[- ]?');
  return word.length < 5 && /^\w/.test(word) ? `\\b${pattern}` : pattern;
};

const isProse = (path: string): boolean => /\.(md|txt|rst|adoc)$/i.test(path);
const isComment = (text: string): boolean => /^\s*(\/\/|\/?\*|# |--)/.test(text);

/** Whether the line tells a reader something, rather than a machine. */
export const isExplaining = ({ path, text }: Line): boolean => isProse(path) || isComment(text);

export const wordsFor = (brief: Brief): string[] => {
  const subject = subjectOf(brief);
  const words = searchWords(subject);
  return words.length > 0 ? words : (subject.match(/[\p{L}\p{N}_-]{3,}/gu) ?? []).slice(0, 4);
};

const narrow = (words: readonly string[]): string => {
  const parts = words.map(wordPattern);
  const pairs = parts.flatMap((a) => parts.filter((b) => b !== a).map((b) => `${a}.*${b}`));
  return pairs.length > 0 ? pairs.join('|') : parts.join('|');
};

export const wordsIn = (text: string, words: readonly string[]): string[] =>
  // biome-ignore lint/plugin: words are escaped
  words.filter((word) => new RegExp(wordPattern(word), 'i').test(text));

const isWeak = ({ path, text }: Line): boolean =>
  /^\s*(import|export) .*from |^\s*[a-z-]+: [^'"]+;$/.test(text) ||
  /\.(test|spec)\.|(^|\/)(package-lock\.json|[\w.-]+\.(lock|sum|snap|map|min\.js|svg))$/.test(path);

/** Words of the question behind the query count a little. */
const score = (line: Line, words: readonly string[], asked: readonly string[]): number =>
  wordsIn(line.text, words).length * 10 +
  wordsIn(line.text, asked).length * 4 +
  (isExplaining(line) ? 8 : 0) -
  (isWeak(line) ? 12 : 0) -
  (/^\s*["'`|]/.test(line.text) ? 3 : 0);

/** Lines with two of the words or the first of them, where there are any: one word of several says little. */
const telling = (lines: readonly Line[], words: readonly string[]): readonly Line[] => {
  const found = lines.filter(({ text }) => {
    const here = wordsIn(text, words);
    return here.length > 1 || here[0] === words[0];
  });
  return found.length > 0 ? found : lines;
};

/** Best first; two of a file at most, and no line that only repeats what was asked. */
export const bestLines = (lines: readonly Line[], words: readonly string[], asked: string): Line[] => {
  const perFile = new Map<string, number>();
  const echo = asked.toLowerCase().replace(/\W+/g, ' ').trim();
  const usable = lines
    .filter(({ text }) => text.trim().length >= shortest && wordsIn(text, words).length > 0)
    .filter(({ text }) => echo.length < 20 || !text.toLowerCase().replace(/\W+/g, ' ').includes(echo));
  const scored = telling(usable, words)
    .map((line) => ({ line, points: score(line, words, searchWords(asked)) }))
    .toSorted((a, b) => b.points - a.points);
  const least = (scored[0]?.points ?? 0) / 2;
  return scored
    .filter(({ points }) => points >= least)
    .map(({ line }) => line)
    .filter(({ path }) => {
      perFile.set(path, (perFile.get(path) ?? 0) + 1);
      return (perFile.get(path) ?? 0) <= 2;
    })
    .slice(0, mostPassages);
};

const toPassage = ({ path, line, text }: Line, words: readonly string[]): Found => ({
  file: path,
  line,
  quote: quoteOf(text),
  title: shorten(text, 60),
  note: `It has ${wordsIn(text, words)
    .map((word) => `“${word}”`)
    .join(' and ')}.`,
});

const search = (brief: Brief, pattern: string) =>
  planCall(brief, 'search_files', { pattern, path: folderOf(brief), ignore_case: true });

/** How the documents begin that were read because the question names them. */
const openings = (brief: Brief): Found[] =>
  doneBy(brief, 'read_file')
    .filter(({ args }) => args.offset === undefined && isProse(String(args.path)))
    .flatMap((call) => firstParagraph(readLines(call)).slice(0, 3))
    .map(({ path, line, text }) => ({
      file: path,
      line,
      quote: quoteOf(text),
      title: shorten(text, 60),
      note: 'It stands in the first paragraph.',
    }));

/** Lines that have the words of what is asked, quoted with their places. */
export const findPassages: Role = {
  fits: () => true,
  next: (brief) => {
    const words = wordsFor(brief);
    const searches = doneBy(brief, 'search_files');
    const names = filesNamedIn(subjectOf(brief));
    const isPlain = words.length === 0 || names.length > 0 || !brief.tools.has('search_files');
    if (isPlain) return inquire({ ...brief, question: subjectOf(brief) });
    if (searches.length === 0)
      return {
        thinking: `I search for lines that have two of: ${words.join(', ')}.`,
        calls: search(brief, narrow(words)),
      };
    if (searches.length > 1 || words.length < 2 || searches.flatMap(hitsOf).length > 2) return nothing;
    return {
      thinking: 'Few lines have two of the words: I search for any.',
      calls: search(brief, words.map(wordPattern).join('|')),
    };
  },
  conclude: (brief) => {
    const words = wordsFor(brief);
    const shown = [...doneBy(brief, 'search_files').flatMap(hitsOf), ...doneBy(brief, 'read_file').flatMap(readLines)];
    const lines = [...new Map(shown.map((line) => [`${line.path}:${line.line}`, line])).values()];
    const asked = labelled(brief, 'question') ?? subjectOf(brief);
    const found = [...openings(brief), ...bestLines(lines, words, asked).map((line) => toPassage(line, words))].slice(
      0,
      mostPassages,
    );
    const about = `“${shorten(subjectOf(brief))}”`;
    const failed = brief.done.find(({ result }) => result.startsWith('Cannot '));
    const complaint = failed ? ` ${failed.tool} said: ${shorten(failed.result, 200)}` : '';
    const said =
      found.length === 0
        ? `nothing found for ${about} among ${counted(lines.length, 'line')}`
        : `${counted(found.length, 'line')} found for ${about}, by their words alone`;
    return { about, found, queries: words, summary: says(`${said}.${complaint}`) };
  },
};
