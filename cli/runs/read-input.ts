import { EverturnError } from '../../contracts/errors.ts';
import { inexactNumber } from '../../contracts/exact-json.ts';
import { readTextBounded } from '../../files/read-bounded.ts';
import { withoutGuard } from '../dashes.ts';

/** Somewhat above what the API takes, which says it better. */
const maxBytes = 16_000_000;

type Option = { name: string; example: string };
const inputOption: Option = { name: 'input', example: 'a JSON object, such as --input \'{"question":"…"}\'' };
const argsOption: Option = { name: 'arguments', example: 'JSON, such as --args \'{"question":"…"}\'' };

const unfit = ({ name, example }: Option, where: string, why: string): EverturnError => {
  const file = name === 'input' ? '--input @file.json' : '--args @file.json';
  return new EverturnError('bad_request', `Cannot use the ${name} ${where}: ${why}. Give ${example} or ${file}`);
};

/** JSON as it was typed, or from a file that `@` names. */
const readJson = (option: Option, given: string): { where: string; value: unknown } => {
  const file = given.startsWith('@') ? given.slice(1) : null;
  const where = file === null ? given.slice(0, 80) : `@${file}`;
  try {
    const text = file === null ? given : readTextBounded(file, { most: maxBytes });
    const fault = inexactNumber(option.name, text);
    if (fault) throw new Error(fault);
    return { where, value: JSON.parse(text) };
  } catch (error) {
    throw unfit(option, where, error instanceof Error ? error.message : String(error));
  }
};

/** The input of a flow. */
export const readInput = async (given: string): Promise<Record<string, unknown>> => {
  const { where, value } = readJson(inputOption, given);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unfit(inputOption, where, 'it is not an object');
  return value as Record<string, unknown>;
};

/** The arguments of a script: any JSON. */
export const readArgs = async (given: string): Promise<unknown> => readJson(argsOption, given).value;

/** The arguments as they are on the command line: an object or a list in JSON, otherwise the text itself. */
export const argsOfWords = (words: readonly string[]): unknown => {
  const text = words.map(withoutGuard).join(' ');
  if (!/^\s*[[{]/.test(text)) return text;
  const fault = inexactNumber(argsOption.name, text);
  if (fault) throw unfit(argsOption, text.slice(0, 80), fault);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
