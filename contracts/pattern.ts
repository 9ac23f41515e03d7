import { RE2JS } from 're2js';

/** A pattern that a user or a model wrote. Its time grows with the length of the text, never faster. */
export type Pattern = {
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean;
  /** The source, as it was written. */
  readonly source: string;
};

/** The pattern cannot be used; the message says why and what is possible instead. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly source: string;

  constructor(source: string, reason: string) {
    const shown = source.length > 100 ? `${source.slice(0, 100)}…` : source;
    super(`Cannot use the pattern ${JSON.stringify(shown)}: ${reason}`);
    this.source = source;
  }
}

const maxCharacters = 10_000;

/** What JavaScript means by `\s`; the engine means ASCII by it. */
const blanks = '\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** JavaScript has long names for the categories of characters, the engine only the short ones. */
const categories: Record<string, string> = {
  Letter: 'L',
  Lowercase_Letter: 'Ll',
  Uppercase_Letter: 'Lu',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Nonspacing_Mark: 'Mn',
  Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me',
  Number: 'N',
  Decimal_Number: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  Symbol: 'S',
  Math_Symbol: 'Sm',
  Currency_Symbol: 'Sc',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Other: 'C',
  Control: 'Cc',
  Format: 'Cf',
};

const property = (text: string): string => {
  const [, letter = 'p', value = ''] = /^\\([pP])\{(?:(?:General_Category|gc|Script|sc)=)?(\w+)\}$/.exec(text) ?? [];
  if (value === 'ASCII') return letter === 'p' ? '[\\x00-\\x7f]' : '[^\\x00-\\x7f]';
  return value === '' ? text : `\\${letter}{${categories[value] ?? value}}`;
};

const pair = (text: string): string =>
  `\\u{${String.fromCharCode(Number.parseInt(text.slice(2, 6), 16), Number.parseInt(text.slice(8), 16))
    .codePointAt(0)
    ?.toString(16)}}`;

const escapeOf = (source: string, text: string, isInClass: boolean): string => {
  const letter = text[1] ?? '';
  if (/[1-9k]/.test(letter)) throw new PatternError(source, `back references such as ${text} are not supported`);
  if (letter === 's') return isInClass ? blanks : `[${blanks}]`;
  if (letter === 'S' && !isInClass) return `[^${blanks}]`;
  if (letter === 'b' && isInClass) return '\\x08';
  if (letter === 'p' || letter === 'P') return property(text);
  return text.length === 12 ? pair(text) : text;
};

const token =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\[pP]\{[^}]{0,100}\}|\\[\s\S]|\(\?<?[=!]|[[\].]/g;

/** As the engine writes it, with the meaning that JavaScript gives it. Throws {@link PatternError}. */
const translated = (source: string): string => {
  let isInClass = false;
  const inOurs = source.replace(token, (text) => {
    if (text.startsWith('\\')) return escapeOf(source, text, isInClass);
    if (isInClass) {
      isInClass = text !== ']';
      return text;
    }
    if (text.startsWith('(')) {
      throw new PatternError(
        source,
        `look-ahead and look-behind such as ${text}…) are not supported; for several conditions write allOf with a pattern each`,
      );
    }
    isInClass = text === '[';
    return text === '.' ? '[^\\n\\r\\u2028\\u2029]' : text;
  });
  return RE2JS.translateRegExp(inOurs);
};

/**
 * Patterns of users and models go only through this function: JavaScript's own engine can take
 * longer than anyone waits. Throws {@link PatternError} for what is not a pattern of JavaScript (with its flag `u`)
 * and for what cannot be had in linear time: look-around, back references, repeat counts over 1000.
 */
export const compilePattern = (source: string): Pattern => {
  if (source.length > maxCharacters) {
    throw new PatternError(source, `it has ${source.length} characters, at most ${maxCharacters} are possible`);
  }
  try {
    // biome-ignore lint/plugin: compiled for its syntax, never run
    new RegExp(source, 'u');
    const engine = RE2JS.compile(translated(source));
    return { source, test: (text) => engine.test(text) };
  } catch (error) {
    if (error instanceof PatternError) throw error;
    const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
    throw new PatternError(source, reason);
  }
};
