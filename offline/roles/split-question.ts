import { type Brief, folderOf, subjectOf } from '../brief.ts';
import { planCall } from '../plan-call.ts';
import { facetOf } from '../result/facets.ts';
import { leaves } from '../result/schema.ts';
import { hitsOf, type Line } from '../results.ts';
import { doneBy } from '../task.ts';
import { searchWords } from '../wording.ts';
import { isExplaining, wordPattern, wordsFor, wordsIn } from './passages.ts';
import { nothing, type Role, says, shorten } from './role.ts';

const mostNeighbours = 4;
const fewest = 3;

/** Words that say what is done, and so stand everywhere. */
const weak =
  /^(keep|kept|happen|work|handle|ensure|start|stop|run|change|create|set|call|support|implement|manage|prevent|avoid|middle|case|time|way|part)(ed|ing|s)?$/i;
export const isWeakWord = (word: string): boolean => weak.test(word);
const keywords =
  /^(const|return|function|string|number|boolean|export|import|await|async|undefined|expect|describe|false|readonly|should|otherwise|every|never|always|without|whole|first)$/;

/** Words that stand most often beside one of those that are asked for, where something is explained. */
const neighbours = (lines: readonly Line[], words: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const { text } of lines.filter(isExplaining)) {
    const others = (text.toLowerCase().match(/[a-z][a-z-]{4,}/g) ?? []).flatMap((word) =>
      searchWords(word).slice(0, 1),
    );
    for (const word of new Set(others)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const isNew = (word: string): boolean =>
    !words.some((known) => known.toLowerCase().includes(word) || word.includes(known.toLowerCase()));
  return [...counts]
    .filter(([word, count]) => count > 1 && isNew(word) && !keywords.test(word) && !weak.test(word))
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, mostNeighbours)
    .map(([word]) => word);
};

/** The words of the question, and the parts of those with a hyphen. */
const candidates = (brief: Brief): string[] => {
  const words = wordsFor(brief).slice(0, 6);
  const parts = words.flatMap((word) => (word.includes('-') ? searchWords(word.replaceAll('-', ' ')) : []));
  return [...new Set([...words, ...parts])].slice(0, 8);
};

const aspects = ['test', 'error', 'limit', 'example', 'design', 'purpose'];

/** From one telling word outwards, and from the commonest: with the others, and with words that stand beside them. */
const queriesFor = (brief: Brief): { queries: string[]; missing: string[] } => {
  const words = candidates(brief);
  const searches = doneBy(brief, 'search_files');
  const lines = searches.flatMap(hitsOf);
  const linesOf = (word: string): Line[] => lines.filter(({ text }) => wordsIn(text, [word]).length > 0);
  const missing = searches.length > 0 ? words.filter((word) => linesOf(word).length === 0) : [];
  const rank = (word: string): number => {
    const explained = linesOf(word).filter(isExplaining).length;
    return (weak.test(word) ? 10_000 : 0) + (explained < fewest ? 1000 : 0) + linesOf(word).length;
  };
  const present = words.filter((word) => !missing.includes(word)).toSorted((a, b) => rank(a) - rank(b));
  const [anchor = shorten(subjectOf(brief), 40), ...others] = present.length > 0 ? present : words;
  const strong = others.filter((word) => !weak.test(word) && !word.includes(anchor));
  const [second = anchor] = strong.toSorted((a, b) => linesOf(b).length - linesOf(a).length);
  const beside = (word: string): string[] => neighbours(linesOf(word), words).map((near) => `${word} ${near}`);
  const queries = [
    ...strong.slice(0, 2).map((word) => `${anchor} ${word}`),
    ...(second === anchor ? [] : beside(second).slice(0, 2)),
    ...beside(anchor).slice(0, 2),
    ...beside(second),
    anchor,
    ...others,
    ...aspects.map((word) => `${anchor} ${word}`),
  ];
  return { queries: [...new Set(queries)], missing };
};

/** What to search for, out of the words of a question and how often they stand in the files. */
export const splitQuestion: Role = {
  fits: ({ schema }, text) =>
    leaves(schema).some(({ name, type }) => type === 'string' && facetOf(name) === 'query') &&
    /\b(quer(y|ies)|search(es)?|keywords?|terms|split|sub-?questions|look for)\b/i.test(text),
  next: (brief) => {
    if (doneBy(brief, 'search_files').length > 0) return nothing;
    const calls = candidates(brief).flatMap((word) =>
      planCall(brief, 'search_files', { pattern: wordPattern(word), path: folderOf(brief), ignore_case: true }),
    );
    return { thinking: 'I look how often each word stands in the files.', calls };
  },
  conclude: (brief) => {
    const { queries, missing } = queriesFor(brief);
    const absent = missing.length > 0 ? ` No line has ${missing.map((word) => `“${word}”`).join(', ')}.` : '';
    const summary = says(
      `The searches are words of the question and words that stand beside them in the files: counted, not understood.${absent}`,
    );
    return { about: `“${shorten(subjectOf(brief))}”`, found: [], queries, summary };
  },
};
