/** Words that say how something is asked, not what about. */
const stopWords = new Set(
  `a about above after again all also am an and any anything are around as ask at be because been before being below
  between both briefly but by can cannot contain contains content contents could describe did directory do does doing
  down during each explain few file files find first folder folders for from further get give had has have having
  he hello help her here hers hey hi him his how i if in into is it its itself just kindly know last let like line
  lines list look make many may me might mean means mention mentioned more most much must my need no nor not now of off ok okay
  on once one only or other our out over own paragraph please project quote quotes read readme repo repository same
  say says search see she should show so some somewhere such summarise summarize summary tell text thank thanks than
  that the their them then there these they thing things this those through to too two under until up us use used
  using very want was we were what whats when where wherever which while who whom whose why will with word words work
  workspace would yes yet you your`.split(/\s+/),
);

const abbreviations = new Set(['e.g', 'i.e', 'etc', 'a.k.a', 'vs', 'node.js', 'next.js']);
const bareNames = new Set(['readme', 'license', 'changelog', 'makefile', 'dockerfile']);

/** Long messages are read at their beginning only: what is asked stands there. */
const beginning = (text: string): string => text.slice(0, 20_000).replace(/\bhttps?:\/\/\S+/g, ' ');

const stem = (path: string): string => (path.split('/').at(-1) ?? '').replace(/\.\w+$/, '').toLowerCase();
const isFileName = (token: string): boolean =>
  token.length < 200 && /^[\w@./-]*\.[A-Za-z]\w{0,14}$/.test(token) && !abbreviations.has(token.toLowerCase());

/** Paths and names of files in the text, each once; a bare `readme` counts. */
export const filesNamedIn = (text: string): string[] => {
  const tokens = beginning(text)
    .split(/[\s,;()[\]{}"'`“”‘’<>*]+/)
    .map((token) => token.replace(/[.?!:]+$/, ''));
  const paths = tokens.filter(isFileName);
  const bare = tokens.filter(
    (token) => bareNames.has(token.toLowerCase()) && !paths.some((path) => stem(path) === token.toLowerCase()),
  );
  return [...new Set([...paths, ...bare])];
};

const quoted = /"([^"\n]{2,80})"|“([^”\n]{2,80})”|`([^`\n]{2,80})`/g;

/** What to search for: quoted phrases as they are; else the telling words, without the s of a plural. */
export const searchWords = (text: string): string[] => {
  const phrases = [...beginning(text).matchAll(quoted)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const files = new Set(filesNamedIn(text));
  const wanted = phrases.filter((phrase) => !files.has(phrase));
  if (wanted.length > 0) return wanted.slice(0, 4);
  const rest = [...files].reduce((left, file) => left.replaceAll(file, ' '), beginning(text));
  const words = (rest.match(/[\p{L}\p{N}_][\p{L}\p{N}_-]+/gu) ?? [])
    .filter((word) => word.length > 2 && !stopWords.has(word.toLowerCase()))
    .map((word) => (word.length > 4 && /[^s]s$/.test(word) ? word.slice(0, -1) : word));
  return [...new Map(words.map((word) => [word.toLowerCase(), word])).values()].slice(0, 6);
};

export const asksForList = (text: string): boolean =>
  /\b(which|what|list|show|all|how many)\b[^.?!\n]{0,30}\b(files?|folders?|director(y|ies))\b|\bls\b|what'?s (in )?here/i.test(
    text,
  );

export const asksAboutProject = (text: string): boolean =>
  /\b(this|the) (project|repo|repository|codebase|code|package|folder)\b|\bwhat (is|does) (this|it|everything)\b|\breadme\b/i.test(
    text,
  );

export const isGreeting = (text: string): boolean =>
  /^(hi|hello|hey|good (morning|evening|day)|thanks?( you)?|ok(ay)?|who are you|what can you do|help)\b[^\n]{0,30}$/i.test(
    text,
  ) && filesNamedIn(text).length === 0;

const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A hyphen in a word may be a space, or nothing; a short word does not match inside another. */
export const wordPattern = (word: string): string => {
  const pattern = word.split('-').map(escapeRegex).join('[- ]?');
  return word.length < 5 && /^\w/.test(word) ? `\\b${pattern}` : pattern;
};

export const wordsIn = (text: string, words: readonly string[]): string[] =>
  // biome-ignore lint/plugin: words are escaped
  words.filter((word) => new RegExp(wordPattern(word), 'i').test(text));

/** Lines with two of the words; with one word, that one. */
export const pairPattern = (words: readonly string[]): string => {
  const parts = words.map(wordPattern);
  const pairs = parts.flatMap((a) => parts.filter((b) => b !== a).map((b) => `${a}.*${b}`));
  return (pairs.length > 0 ? pairs : parts).join('|');
};
