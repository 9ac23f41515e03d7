import { z } from 'zod';
import type { ModelEntry } from './config/models.ts';
import { Price } from './price.ts';

const Pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.split('*').length <= 10, 'at most nine * in a name');

/** What a file of facts says of the models whose names match. */
export const FactsEntry = z.strictObject({
  /** Names as the provider calls them. `*` matches any characters; upper and lower case are the same. */
  match: z.union([Pattern, z.array(Pattern).min(1).max(100)], { error: 'expected a name, or a list of names' }),
  /** Tokens that a request may hold. */
  contextTokens: z.int().positive().max(1_000_000_000).optional(),
  price: Price.optional(),
  /** Whether it takes images. */
  images: z.boolean().optional(),
  /** The day on which it was read. */
  asOf: z.iso.date(),
  /** Where it was read. */
  source: z.string().min(1).max(500),
});
export type FactsEntry = z.infer<typeof FactsEntry>;

/** Where a fact comes from. `asOf` and `source` are null for what everturn.yaml says. */
type Cited<Value> = { value: Value; asOf: string | null; source: string };

/** What is known of a configured model. Null: unknown. */
export type ModelFacts = {
  contextTokens: Cited<number> | null;
  price: Cited<Price> | null;
  images: Cited<boolean> | null;
};

export const nothingKnown: ModelFacts = { contextTokens: null, price: null, images: null };

/** Each piece between two `*` is looked for after the one before it, so the time is that of the name times its pieces. */
const matches = (pattern: string, name: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
};

const patternsOf = ({ match }: FactsEntry): string[] => [match].flat();

/** A name without `*` fits best, then the pattern with the most other characters; -1: none fits. */
const closeness = (entry: FactsEntry, name: string): number =>
  Math.max(
    -1,
    ...patternsOf(entry)
      .filter((pattern) => matches(pattern.toLowerCase(), name))
      .map((pattern) => (pattern.includes('*') ? pattern.replaceAll('*', '').length : Number.MAX_SAFE_INTEGER)),
  );

const bestIn = (entries: readonly FactsEntry[], name: string): FactsEntry | undefined => {
  const scores = entries.map((entry) => closeness(entry, name));
  const best = Math.max(-1, ...scores);
  return best < 0 ? undefined : entries[scores.indexOf(best)];
};

type Asked = Pick<ModelEntry, 'model' | 'contextTokens' | 'price' | 'images'>;

/** `files`: the entries of each file of facts, the first asked first. What the entry says itself goes before all. */
export const findFacts = (
  files: readonly (readonly FactsEntry[])[],
  { model, contextTokens, price, images }: Asked,
): ModelFacts => {
  const name = model.toLowerCase();
  const found = files.flatMap((entries) => bestIn(entries, name) ?? []);
  const cite = <Value>(own: Value | undefined, read: (entry: FactsEntry) => Value | undefined): Cited<Value> | null => {
    if (own !== undefined) return { value: own, asOf: null, source: 'everturn.yaml' };
    for (const entry of found) {
      const value = read(entry);
      if (value !== undefined) return { value, asOf: entry.asOf, source: entry.source };
    }
    return null;
  };
  return {
    contextTokens: cite(contextTokens, (entry) => entry.contextTokens),
    price: cite(price, (entry) => entry.price),
    images: cite(images, (entry) => entry.images),
  };
};
