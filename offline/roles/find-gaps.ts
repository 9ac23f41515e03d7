import { labelled, subjectOf } from '../brief.ts';
import { claimsIn } from '../claims.ts';
import { searchWords } from '../wording.ts';
import { wordsIn } from './passages.ts';
import { counted, nothing, type Role, says, shorten } from './role.ts';
import { isWeakWord } from './split-question.ts';

const mostQueries = 3;

/** Words of the question that none of the passages has: whether a passage answers anything, nobody here can tell. */
export const findGaps: Role = {
  fits: ({ asks, asksWhether }, text) =>
    !asksWhether &&
    ['gaps', 'missing', 'open'].some((name) => asks.has(name)) &&
    /\b(gaps?|missing|leave open|left open|unanswered)\b/i.test(text),
  next: () => nothing,
  conclude: (brief) => {
    const asked = labelled(brief, 'question') ?? subjectOf(brief);
    const claims = claimsIn(brief.question);
    const words = searchWords(asked).filter((word) => !isWeakWord(word));
    const missing = words.filter((word) => claims.every(({ quote = '' }) => wordsIn(quote, [word]).length === 0));
    const others = words.filter((word) => !missing.includes(word));
    const queries = missing.map((word) => [word, ...others.slice(0, 1)].join(' ')).slice(0, mostQueries);
    const said =
      missing.length === 0
        ? 'each word of the question stands in one of them'
        : `none of them has ${missing.map((word) => `“${word}”`).join(', ')}`;
    return {
      about: `“${shorten(asked)}”`,
      found: [],
      queries,
      summary: says(`Of ${counted(claims.length, 'passage')}, ${said}. Whether they answer it, I cannot judge.`),
    };
  },
};
