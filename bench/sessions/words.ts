/** Words of a text as they are spread in texts: by Zipf's law, the word of rank n is 1/n as common as the first. */
export const vocabulary = 20_000;

const consonants = 'bdfgklmnprtvzhjwcqsx';
const vowels = 'aouei';

/** Two syllables or three, which the stemmer leaves as they are. */
export const word = (rank: number): string => {
  const syllables = [rank % 100, Math.floor(rank / 100) % 100, ...(rank < 10_000 ? [] : [Math.floor(rank / 10_000)])];
  const spoken = syllables.map((n) => `${consonants[Math.floor(n / 5)]}${vowels[n % 5]}`);
  return `${spoken.join('')}k`;
};

/** What is searched for. A word of rank n is in a turn of 80 words with a probability of about 8/n. */
export const asked = {
  'a word of nearly every turn': word(3),
  'a word of one turn in six': word(50),
  'a word of one turn in a hundred': word(800),
  'a word of one turn in two thousand': word(16_000),
  'two words': `${word(40)} ${word(900)}`,
  'an unfinished word': word(19_000).slice(0, -2),
  'a path': `${word(100)}.ts`,
  'a path that no turn has': `src/${word(30)}.ts`,
  'a phrase of common words': `"${word(5)} ${word(9)}"`,
  'a phrase of common words that no turn has': `"${word(6)} never ${word(7)}"`,
  'two words or a third, without a fourth': `${word(60)} ${word(61)} or ${word(15_000)} -${word(62)}`,
  'nothing that is there': 'absent',
} as const;
