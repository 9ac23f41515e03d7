/** A command of a rule: words, and whether further arguments may follow. */
export type RuleCommand = { words: string[]; isPrefix: boolean };

const wordPattern = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;

const unquoted = (word: string): string =>
  word.replaceAll(
    /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
    (_all, escaped?: string, double?: string, single?: string) =>
      escaped ?? double?.replaceAll(/\\(.)/gs, '$1') ?? single ?? '',
  );

const rawWords = (command: string): string[] => command.match(wordPattern) ?? [];

/** What is wrong with the command of a rule; null when nothing is. */
export const commandFault = (command: string): string | null => {
  const raw = rawWords(command);
  const left = command.replaceAll(wordPattern, '').trim();
  if (left !== '') return `a quote in it is not closed: ${left}`;
  if (raw.length === 0 || raw[0] === '*') return 'a program and its arguments, such as npm test, or npm run *';
  const operator = raw.find((word) => /[;&|<>`\n]|\$\(/.test(word) && !/^["']/.test(word));
  if (operator) return `commands run without a shell, so "${operator}" matches nothing; write a rule for each command`;
  const star = raw.slice(0, -1).find((word) => word.includes('*') && !/["'\\]/.test(word));
  if (star) return `only the last word may be *, which matches any further arguments; "${star}" is not the last`;
  const last = raw.at(-1) ?? '';
  if (last !== '*' && last.includes('*') && !/["'\\]/.test(last))
    return `* must be a separate word and matches any further arguments; "${last}" is not supported`;
  return null;
};

export const commandWords = (command: string): RuleCommand => {
  const raw = rawWords(command);
  const isPrefix = raw.at(-1) === '*';
  return { words: (isPrefix ? raw.slice(0, -1) : raw).map(unquoted), isPrefix };
};

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** The words as a command of a rule writes them. */
export const writeCommand = ({ words, isPrefix }: RuleCommand): string =>
  [
    ...words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)),
    ...(isPrefix ? ['*'] : []),
  ].join(' ');
