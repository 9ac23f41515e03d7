import type { Found } from './result/evidence.ts';

const mostCharacters = 200_000;
const mostAttempts = 500;

/** Where the JSON text that begins at `start` ends; -1 when its brackets do not close. */
const jsonEnd = (text: string, start: number): number => {
  let depth = 0;
  let isString = false;
  for (let index = start; index < text.length; index += 1) {
    const letter = text[index];
    if (isString && letter === '\\') index += 1;
    else if (letter === '"') isString = !isString;
    else if (!isString && (letter === '{' || letter === '[')) depth += 1;
    else if (!isString && (letter === '}' || letter === ']') && --depth === 0) return index + 1;
  }
  return -1;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

type JsonSpan = { from: number; to: number; value: unknown };

const spansIn = (text: string): JsonSpan[] => {
  const spans: JsonSpan[] = [];
  let attempts = 0;
  for (let at = text.search(/[{[]/); at >= 0 && at < text.length && attempts < mostAttempts; attempts += 1) {
    const end = jsonEnd(text, at);
    const value = end < 0 ? undefined : parse(text.slice(at, end));
    if (value !== undefined) spans.push({ from: at, to: end, value });
    const from = value === undefined ? at + 1 : end;
    const next = text.slice(from).search(/[{[]/);
    at = next < 0 ? -1 : from + next;
  }
  return spans;
};

/** Every JSON object and array in the text, outermost ones only. */
export const jsonIn = (whole: string): unknown[] => spansIn(whole.slice(0, mostCharacters)).map(({ value }) => value);

/** What the text says in words: names of files and the like in lists tell nothing of what is asked. */
export const withoutJson = (whole: string): string => {
  const text = whole.slice(0, mostCharacters);
  const spans = spansIn(text);
  const starts = [0, ...spans.map(({ to }) => to)];
  return starts.map((start, index) => text.slice(start, spans[index]?.from ?? text.length)).join('');
};

type Fields = Record<string, unknown>;
const textOf = (fields: Fields, ...names: string[]): string | undefined =>
  names.map((name) => fields[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined;
const numberOf = (fields: Fields, ...names: string[]): number | undefined =>
  names.map((name) => fields[name]).find((value) => Number.isInteger(value)) as number | undefined;

const levels = ['low', 'medium', 'high', 'critical'];

const toClaim = (fields: Fields, index: number): Found[] => {
  const file = textOf(fields, 'file', 'path', 'url', 'filename', 'source');
  const line = numberOf(fields, 'line', 'lineNumber', 'line_number', 'start_line');
  const quote = textOf(fields, 'quote', 'excerpt', 'snippet', 'passage', 'code', 'text');
  if (file === undefined || (line === undefined && quote === undefined)) return [];
  const severity = levels.indexOf(textOf(fields, 'severity', 'priority')?.toLowerCase() ?? '');
  const category = textOf(fields, 'category', 'kind', 'eye', 'type');
  return [
    {
      file,
      ...(line === undefined ? {} : { line }),
      ...(quote === undefined ? {} : { quote }),
      ...(severity < 0 ? {} : { severity }),
      ...(category === undefined ? {} : { category }),
      title: textOf(fields, 'title', 'name', 'headline', 'problem') ?? '',
      note: textOf(fields, 'detail', 'why', 'note', 'reason', 'description') ?? '',
      number: numberOf(fields, 'number', 'n', 'id', 'index') ?? index + 1,
      raw: fields,
    },
  ];
};

const objectsIn = (value: unknown): Fields[] => {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Fields, ...Object.values(value).flatMap(objectsIn)];
};

const written =
  /^[ \t]*(?:\[(\d+)\]|(\d+)[.)]|[-*])?[ \t]*`?([\w@./-]*[\w-]\.[A-Za-z]\w*):(\d+)`?(?::?[ \t]+(\S.*))?$/gm;

/** What the prompt says stands somewhere: JSON objects with a file and a line or a quote, or rows `[1] path:12: text`. */
export const claimsIn = (text: string): Found[] => {
  const claims = jsonIn(text).flatMap(objectsIn).flatMap(toClaim);
  if (claims.length > 0) return claims;
  return [...text.slice(0, mostCharacters).matchAll(written)].map(([, a, b, file = '', line, said], index) => ({
    file,
    line: Number(line),
    ...(said ? { quote: said.replace(/^[“"`](.*)[”"`]$/, '$1') } : {}),
    title: '',
    note: '',
    number: Number(a ?? b ?? index + 1),
  }));
};
