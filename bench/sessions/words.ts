/** Words of a text as they are spread in texts: a few are in most, most are in a few. */
export const vocabulary = 20_000;
export const word = (n: number): string => `q${n.toString(36)}z`;

/** By how common they are: the first is in about every second turn. */
export const asked = {
  'a word of every second turn': word(3),
  'a word of one turn in a hundred': word(2000),
  'a rare word': word(19_990),
  'two words': `${word(40)} ${word(900)}`,
  'an unfinished word': word(19_000).slice(0, -1),
  'a phrase': `"${word(5)} ${word(9)}"`,
  'nothing that is there': 'absent',
} as const;
