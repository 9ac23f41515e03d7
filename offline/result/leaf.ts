import { isNegative } from './facets.ts';
import { matching } from './pattern.ts';
import type { Schema } from './schema.ts';

const lengthOf = (text: string): number => [...text].length;

const cutTo = (text: string, most: number): string => {
  const characters = [...text];
  if (characters.length <= most) return text;
  return most < 1 ? '' : `${characters.slice(0, most - 1).join('')}…`;
};

/** Values that say nothing, for formats that plain words cannot have. */
const neutral: Record<string, string> = {
  'date-time': '1970-01-01T00:00:00Z',
  date: '1970-01-01',
  time: '00:00:00Z',
  duration: 'PT0S',
  email: 'nobody@example.invalid',
  hostname: 'example.invalid',
  ipv4: '0.0.0.0',
  ipv6: '::',
  uri: 'about:blank',
  'uri-reference': '#',
  uuid: '00000000-0000-0000-0000-000000000000',
  'json-pointer': '',
  regex: '.',
};

const ofFormat = (format: string, value: string): string | undefined => {
  if (format === 'uri' || format === 'uri-reference')
    return /https?:\/\/[^\s"'<>`)]+/.exec(value)?.[0] ?? neutral[format];
  return neutral[format];
};

/** The value as a string that the schema allows; `variant` tells apart strings that must differ. */
export const toText = (schema: Schema, value: string, variant = 0): string => {
  const { minLength = 0, maxLength = 4000, pattern, format } = schema;
  const fits = (text: string): boolean => lengthOf(text) >= minLength && lengthOf(text) <= maxLength;
  const formatted = format === undefined ? undefined : ofFormat(format, value);
  if (formatted !== undefined && fits(formatted)) return formatted;
  const suffix = variant > 0 ? ` (${variant + 1})` : '';
  const room = Math.max(0, maxLength - suffix.length);
  const plain = suffix.length > maxLength ? String(variant).slice(0, maxLength) : cutTo(value, room) + suffix;
  const padded = plain + ' .'.repeat(minLength).slice(0, Math.max(0, minLength - lengthOf(plain)));
  const text = fits(padded) ? padded : cutTo(plain, maxLength);
  return pattern === undefined ? text : (matching(pattern, text, fits) ?? text);
};

/** The number as near to the value as the schema allows. */
export const toNumber = (schema: Schema, value: number, isInteger: boolean): number => {
  const step = schema.multipleOf ?? (isInteger ? 1 : undefined);
  const nudge = step ?? 1e-6;
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  const least = Math.max(schema.minimum ?? -Infinity, above === undefined ? -Infinity : above + nudge);
  const most = Math.min(schema.maximum ?? Infinity, below === undefined ? Infinity : below - nudge);
  if (step === undefined) return Math.min(Math.max(value, least), most);
  const [first, last] = [Math.ceil(least / step), Math.floor(most / step)];
  return Math.min(Math.max(Math.round(value / step), first), last) * step + 0;
};

const ranks: Record<string, number> = Object.fromEntries(
  [
    'low minor info nit trivial note optional p3 style',
    'medium moderate warning normal p2 warn',
    'high major error important serious p1',
    'critical blocker severe urgent fatal p0',
  ].flatMap((names, rank) => names.split(' ').map((name) => [name, rank] as const)),
);

const unknownWord =
  /^(unknown|unclear|unsure|undecided|uncertain|none|other|n\/?a|not[ _-]?\w+|neutral|unverified|inconclusive)$/i;
const yes = /^(yes|true|real|holds?|confirmed?|supported|valid|verified|correct|accept(ed)?|ok|pass(ed)?|found)$/i;

export type Hints = { text: string; severity: number | undefined; holds: boolean | undefined; isOpen?: boolean };

/** The member that says the most like what was found; else one that says "unknown"; else the first. */
export const toMember = (
  members: readonly unknown[],
  { text, severity, holds, isOpen = false }: Hints,
  variant = 0,
): unknown => {
  if (variant > 0) return members[variant % members.length];
  const named = members.filter((member) => typeof member === 'string');
  const open = named.find((name) => unknownWord.test(name));
  if (isOpen && open !== undefined) return open;
  const ranked = named.filter((name) => ranks[name.toLowerCase()] !== undefined);
  const rankOf = (name: string): number => ranks[name.toLowerCase()] ?? 0;
  if (severity !== undefined && ranked.length > 1) {
    return ranked.toSorted((a, b) => Math.abs(rankOf(a) - severity) - Math.abs(rankOf(b) - severity))[0];
  }
  const verdict = named.find((name) => (holds === true && yes.test(name)) || (holds === false && isNegative(name)));
  if (verdict !== undefined && named.some((name) => yes.test(name)) && named.some(isNegative)) return verdict;
  const told = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  const score = (name: string): number => {
    const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    return words.filter((word) => told.has(word)).length / Math.max(1, words.length);
  };
  const [best] = named.toSorted((a, b) => score(b) - score(a));
  if (best !== undefined && score(best) > 0) return best;
  return open ?? members[0];
};
