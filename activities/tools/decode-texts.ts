import { faultyPlaces } from '../../sandbox/json-schema.ts';

/** Texts within texts that are looked into. */
const maxRounds = 4;

const parse = (text: string): { value: unknown } | null => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
};

type Holder = Record<string, unknown>;

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** Puts what the text at a place holds into its place. False where there is no text, or no JSON in it. */
const decodeAt = (root: Holder, place: readonly string[]): boolean => {
  const path = ['value', ...place];
  const key = path.at(-1) ?? '';
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((at, name) => (isHolder(at) && Object.hasOwn(at, name) ? at[name] : undefined), root);
  if (!isHolder(holder) || !Object.hasOwn(holder, key)) return false;
  const text = holder[key];
  const parsed = typeof text === 'string' ? parse(text) : null;
  if (parsed) holder[key] = parsed.value;
  return parsed !== null;
};

/**
 * Some models hand in an object, or parts of it, as a text that holds its JSON. Gives the value with such texts read, where
 * the schema takes no text and the whole fits then; else undefined.
 */
export const decodeTexts = (schema: Record<string, unknown>, value: unknown): { value: unknown } | undefined => {
  const root: Holder & { value: unknown } = { value: structuredClone(value) };
  for (let round = 0; round < maxRounds; round++) {
    const places = faultyPlaces(schema, root.value);
    if (places.length === 0) return { value: root.value };
    const decoded = places.map((place) => decodeAt(root, place));
    if (!decoded.includes(true)) return undefined;
  }
  return faultyPlaces(schema, root.value).length === 0 ? { value: root.value } : undefined;
};
