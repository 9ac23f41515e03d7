import type { z } from 'zod';
import { quoteWords } from '../contracts/yaml-plain-text.ts';
import { hint, quote } from './nearest.ts';
import { isRecord, type Path, valueAt } from './path.ts';
import type { Report } from './report.ts';

type Issue = z.core.$ZodIssue;

/** The fields that fit at a path, for hints on unknown ones. `elsewhere` says where a field belongs that does not fit. */
export type Fields = { at(path: Path): readonly string[]; elsewhere?(path: Path, field: string): string | null };

/** What the languages of files call the same thing. */
export type Words = { object: string; null: string };
const yamlWords: Words = { object: 'a map', null: 'nothing' };
export const jsWords: Words = { object: 'an object', null: 'null' };

/** What the schema finds wrong, in the words of a user who writes the file. */
export const reportIssues = (
  issues: readonly Issue[],
  value: unknown,
  fields: Fields,
  report: Report,
  words: Words = yamlWords,
): void => {
  for (const issue of issues) {
    const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const told = fields.elsewhere?.(path, key) ?? `unknown field ${quote(key)}${hint(key, fields.at(path))}`;
        report.atKey([...path, key], told);
      }
    } else if (issue.code === 'invalid_key') {
      report.atKey(path, `${expectation(issue.issues[0] ?? issue, words)}, found ${quote(String(path.at(-1)))}`);
    } else {
      report.at(path, tell(issue, valueAt(value, path), words));
    }
  }
};

/** A secret pasted where the name of its variable belongs is not repeated to a terminal or a log. */
const secretFields = new Set(['secretEnv']);

const tell = (issue: Issue, value: unknown, words: Words): string => {
  if (value === undefined) return `missing: ${expectation(issue, words)}`;
  const options = optionsOf(issue);
  const slip = options && typeof value === 'string' ? hint(value, options) : '';
  if (secretFields.has(String(issue.path.at(-1)))) return `${expectation(issue, words)}, found something else`;
  return `${expectation(issue, words)}, found ${found(value, words)}${slip.startsWith('; did') ? slip : ''}${quoteIt(issue, value)}`;
};

const optionsOf = (issue: Issue): string[] | null => {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue) return (issue.options as unknown[]).map(String);
  return null;
};

/** `when: true` and `code: {x}` are not texts in YAML. */
const quoteIt = (issue: Issue, value: unknown): string => {
  if (issue.code !== 'invalid_type' || issue.expected !== 'string') return '';
  if (typeof value === 'boolean' || typeof value === 'number') return ': put it in quotes';
  return isRecord(value) || Array.isArray(value) ? `: ${quoteWords(String(issue.path.at(-1) ?? ''))}` : '';
};

const typeWords = (words: Words): Partial<Record<string, string>> => ({
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: words.object,
  record: words.object,
});

const expectation = (issue: Issue, words: Words): string => {
  const options = optionsOf(issue);
  if (options) return `expected one of ${options.join(', ')}`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords(words)[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `expected ${amount(issue.origin, 'at least', issue.inclusive === false ? 'above' : 'from', issue.minimum)}`;
    case 'too_big':
      return `expected ${amount(issue.origin, 'at most', issue.inclusive === false ? 'below' : 'up to', issue.maximum)}`;
    default:
      return `expected ${issue.message}`;
  }
};

const amount = (origin: string, bound: string, range: string, count: number | bigint): string => {
  if (origin === 'array') return `a list of ${bound} ${count}`;
  if (origin === 'string')
    return bound === 'at least' && count === 1 ? 'text that is not empty' : `text of ${bound} ${count} characters`;
  return `a number ${range} ${count}`;
};

const found = (value: unknown, words: Words): string => {
  if (value === null) return words.null;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isRecord(value)) return words.object;
  return typeof value === 'string' ? quote(value) : String(value);
};
