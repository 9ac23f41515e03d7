/** Words that carry the form of a question, not its subject. */
const stopWords = new Set(
  `a about after all also am an and any anything are around as ask at be because before both briefly but by can contain
  contains contents could describe did directory do does doing each explain few file files find first folder folders for
  from further get give had has have he hello help her here hey hi him his how i if in into is it its just know last let
  like line lines list look make many may me mean means mention more most much must my need no not now of off ok on once
  one only or other our out over paragraph please project quote quotes read readme repo repository same say says search
  see she should show so some such summarise summarize summary tell text thanks than that the their them then there these
  they thing things this those through to too two under until up us use used using very want was we were what whats when
  where which while who whose why will with word words work workspace would you your`.split(/\s+/),
);

const notFiles = new Set(['e.g', 'i.e', 'etc', 'a.k.a', 'vs', 'node.js', 'next.js']);
const bareNames = new Set(['readme', 'license', 'changelog', 'makefile', 'dockerfile']);

/** Of a long message only the beginning is read: the question is there. */
const beginning = (text: string): string => text.slice(0, 20_000).replace(/\bhttps?:\/\/\S+/g, ' ');

const isFileName = (token: string): boolean =>
  token.length < 200 && /^[\w@./-]*\.[A-Za-z]\w{0,14}$/.test(token) && !notFiles.has(token.toLowerCase());

/** Paths and names of files in the text, each once; a bare `readme` counts. */
export const filesNamedIn = (text: string): string[] => {
  const tokens = beginning(text)
    .split(/[\s,;()[\]{}"'`“”‘’<>*]+/)
    .map((token) => token.replace(/[.?!:]+$/, ''));
  const paths = tokens.filter(isFileName);
  const stems = paths.map((path) => (path.split('/').at(-1) ?? '').replace(/\.\w+$/, '').toLowerCase());
  const bare = tokens.filter((token) => bareNames.has(token.toLowerCase()) && !stems.includes(token.toLowerCase()));
  return [...new Set([...paths, ...bare])];
};

/** What to search for: the words that carry the subject, without a plural's s. */
export const searchWords = (text: string): string[] => {
  const rest = filesNamedIn(text).reduce((left, file) => left.replaceAll(file, ' '), beginning(text));
  const words = (rest.match(/[\p{L}\p{N}_][\p{L}\p{N}_-]+/gu) ?? [])
    .filter((word) => word.length > 2 && !stopWords.has(word.toLowerCase()))
    .map((word) => (word.length > 4 && /[^s]s$/.test(word) ? word.slice(0, -1) : word));
  return [...new Map(words.map((word) => [word.toLowerCase(), word])).values()].slice(0, 6);
};

export const asksForList = (text: string): boolean =>
  /\b(which|what|list|show|all|how many)\b[^.?!\n]{0,30}\b(files?|folders?|director(y|ies))\b|\bls\b/i.test(text);

export const isGreeting = (text: string): boolean =>
  /^(hi|hello|hey|thanks?( you)?|who are you|what can you do|help)\b[^\n]{0,30}$/i.test(text) &&
  filesNamedIn(text).length === 0;

/** A short word does not match inside another. */
const wordPattern = (word: string): string =>
  (word.length < 5 && /^\w/.test(word) ? '\\b' : '') + word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const wordsIn = (text: string, words: readonly string[]): string[] =>
  // biome-ignore lint/plugin: words are escaped
  words.filter((word) => new RegExp(wordPattern(word), 'i').test(text));

/** A pattern for lines with two of the words, and one for lines with any of them. */
export const patternsFor = (words: readonly string[]): string[] => {
  const parts = words.map(wordPattern);
  const pairs = parts.flatMap((a) => parts.filter((b) => b !== a).map((b) => `${a}.*${b}`));
  return [pairs, parts].filter((some) => some.length > 0).map((some) => some.join('|'));
};
