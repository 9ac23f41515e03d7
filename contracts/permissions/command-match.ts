import type { RuleCommand } from './command-words.ts';
import { commandsIn, mentions, programName } from './commands-in.ts';
import { escapes, scripted } from './escapes.ts';
import { wrappedAt } from './wrapped.ts';

/** `--outp` is `--output` to many programs, and `--output=x` is both words. */
const isLong = (word: string, option: string): boolean => {
  const [given = ''] = word.split('=', 1);
  return given === option || (given.length > 3 && option.startsWith(given));
};

const lettersOf = (words: readonly string[]): Set<string> =>
  new Set(words.filter((word) => /^-[^-]/.test(word)).flatMap((word) => [...word.slice(1)]));

const hasOption = (words: readonly string[], option: string): boolean => {
  if (option.startsWith('--')) return words.some((word) => word.startsWith('--') && isLong(word, option));
  if (words.includes(option)) return true;
  const letters = lettersOf(words);
  return /^-\w+$/.test(option) && [...option.slice(1)].every((letter) => letters.has(letter));
};

type Match = 'yes' | 'maybe' | 'no';

/** Short options may mean what long ones do, and the other way round. */
const mayHave = (args: readonly string[], option: string): boolean =>
  args.some((word) => (option.startsWith('--') ? /^-[^-]/.test(word) : /^--./.test(word)));

/** The words of a rule after its program, wherever options and their values are between them. */
const followsBroadly = (words: readonly string[], args: readonly string[]): Match => {
  let at = 0;
  let match: Match = 'yes';
  for (const word of words) {
    if (word.startsWith('-')) {
      if (hasOption(args, word)) continue;
      if (!mayHave(args, word)) return 'no';
      match = 'maybe';
      continue;
    }
    for (; at < args.length && args[at] !== word; at += 1) {
      const isSkipped = args[at]?.startsWith('-') || args[at - 1]?.startsWith('-');
      if (!isSkipped) return 'no';
    }
    if (at >= args.length) return 'no';
    at += 1;
  }
  return match;
};

/** `names`: of the program when its links are followed. */
export type RunCommand = { argv: readonly string[]; names: readonly string[] };

/** Whether a rule that forbids or asks matches anything that a command may run; `maybe` if that is unknown. */
export const matchBroadly = ({ words }: RuleCommand, { argv, names }: RunCommand): Match => {
  const [program = '', ...rest] = words;
  const wanted = programName(program);
  const { commands, open, inputs, isUncertain } = commandsIn(argv);
  const matches = commands.map((command, index): Match => {
    const [first = '', ...args] = command;
    const isSame = programName(first) === wanted || (index === 0 && names.some((name) => programName(name) === wanted));
    if (isSame) {
      const match = followsBroadly(rest, args);
      return match === 'no' && open.has(command) ? 'maybe' : match;
    }
    return mentions(command, wanted) ? 'maybe' : 'no';
  });
  if (matches.includes('yes')) return 'yes';
  if (inputs.some((input) => mentions(['', input], wanted))) return 'maybe';
  return isUncertain || matches.includes('maybe') ? 'maybe' : 'no';
};

/** Arguments by which a program runs others or writes elsewhere, and which a rule does not name itself. */
const escapesFrom = (program: string, args: readonly string[], named: readonly string[]): boolean => {
  const known = escapes[programName(program)];
  if (known === undefined) return false;
  // What follows the name of a script is for the script.
  if (scripted.has(programName(program)) && named.some((word) => !word.startsWith('-'))) return false;
  if (known === 'any') return args.length > named.length;
  const extra = args.slice(named.length);
  return known.some((option) => {
    if (!option.startsWith('-')) return extra.includes(option);
    if (option.startsWith('--')) return extra.some((word) => word.startsWith('--') && isLong(word, option));
    // `-exec` of find and `-c` of git stand alone; `-o` of sort may be in a cluster or before its value.
    if (option.length > 2) return extra.some((word) => word === option || word.startsWith(`${option}=`));
    return extra.some((word) => /^-[^-]/.test(word) && word.includes(option.slice(1)));
  });
};

/** Whether a rule that allows covers a command: word by word, and the program as it is written there. */
export const matchesExactly = ({ words, isPrefix }: RuleCommand, argv: readonly string[]): boolean => {
  if (isPrefix ? argv.length < words.length : argv.length !== words.length) return false;
  if (!words.every((word, index) => argv[index] === word)) return false;
  if (!isPrefix) return true;
  const at = wrappedAt(words);
  const [program, ...named] = words.slice(at);
  return program !== undefined && !escapesFrom(program, argv.slice(at + 1), named);
};
