/** Something that a tool returned, or that the prompt contains, quoted with its place and a note about it. */
export type Found = {
  file?: string | undefined;
  line?: number | undefined;
  quote?: string | undefined;
  title: string;
  note: string;
  severity?: 'critical' | 'high' | 'medium' | 'low';
  /** Whether it held; null when that takes judgement. */
  holds?: boolean | null;
  number?: number;
  added?: number;
  removed?: number;
};

/** What was found, best first, and a sentence about it. */
export type Evidence = { found: Found[]; summary: string };

type Bounds = 'minItems' | 'maxItems' | 'minLength' | 'maxLength' | 'minimum' | 'maximum';
type Schema = Partial<Record<Bounds, number>> & {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
};

/** Which fact a property asks for, by a word in its name. */
const facts = {
  file: /^(file|path|folder|directory|url|page|address|filename)s?$/,
  line: /^line$/,
  quote: /^(quote|excerpt|snippet|passage|code|text)s?$/,
  title: /^(title|name|headline|problem|issue|finding|angle|query|queries|keyword)s?$/,
  number: /^(number|id|index|source|step)s?$/,
} as const;
type Fact = keyof typeof facts;

export const factOf = (name: string): Fact | undefined => {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  return (Object.keys(facts) as Fact[]).find((fact) => words.some((word) => facts[fact].test(word)));
};

/** The member for a severity or a verdict, otherwise the one that leaves the matter open. */
const memberOf = (members: readonly unknown[], { severity, holds }: Partial<Found>): unknown =>
  members.find((one) => one === severity) ??
  members.find((one) => holds === true && /^(yes|true|real|verified|confirmed|valid)$/i.test(String(one))) ??
  members.find((one) => /^(unknown|unclear|uncertain|none|other|unverified)$/i.test(String(one))) ??
  members[0];

export const placeOf = ({ file, line }: Found): string => (line === undefined ? `${file}` : `${file}:${line}`);

/** A value of the schema, from nothing but the evidence: each property is filled by what its name asks for. */
export const fillResult = (root: Schema, { found, summary }: Evidence): unknown => {
  const objectOf = ({ properties = {}, required = [] }: Schema, given: Found | null): unknown => {
    const keys = Object.keys(properties);
    // An object without a list is about the one thing that was found.
    const isList = Object.values(properties).some(({ items }) => items);
    const about = given ?? (isList || found.length !== 1 ? null : (found[0] ?? null));
    const isPlace = keys.some((key) => factOf(key) === 'file');
    const isKnown = (key: string): boolean => {
      const fact = factOf(key);
      return required.includes(key) || !about || !fact || about[fact] !== undefined;
    };
    return Object.fromEntries(
      keys.filter(isKnown).map((key) => [key, fill(properties[key] ?? {}, key, about, isPlace)]),
    );
  };

  const listOf = ({ items = {}, minItems = 0, maxItems = 40 }: Schema, name: string, about: Found | null): unknown => {
    const members = (about ? [about] : found).slice(0, maxItems);
    while (members.length < minItems) members.push({ title: '', note: `nothing found (${members.length + 1})` });
    return members.map((one) => fill(items, name, one, false));
  };

  const fill = (given: Schema, name: string, about: Found | null, isPlace: boolean): unknown => {
    const schema = given.anyOf?.find(({ type }) => type !== 'null') ?? given;
    const { minimum = 0, maximum = Infinity, minLength = 0, maxLength = 10_000 } = schema;
    const type = [schema.type ?? 'string'].flat().find((one) => one !== 'null');
    const fact = factOf(name);
    const known = about && (about[name as keyof Found] ?? (fact && about[fact]));
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return memberOf(schema.enum, about ?? found[0] ?? {});
    if (type === 'object' || schema.properties) return objectOf(schema, about);
    if (type === 'array' || schema.items) return listOf(schema, name, about);
    if (type === undefined) return null;
    if (type === 'boolean') return about ? (about.holds ?? about.file !== undefined) : found.length > 0;
    if (type === 'integer' || type === 'number') {
      // A number that is not a count is a judgement, such as a confidence.
      const count = about || type === 'number' ? 0 : found.length;
      return Math.min(maximum, Math.max(minimum, Number(known) || count));
    }
    const reading = fact === 'quote' && !isPlace && about?.file && `${placeOf(about)} reads: “${about.quote}”`;
    return (reading || String(known || (about?.note ?? summary))).slice(0, maxLength).padEnd(minLength, '.');
  };
  return fill(root, '', null, false);
};
