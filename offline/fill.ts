/** Something that a tool returned, or that the prompt holds, with its place. */
export type Found = {
  /** A path, or the address of a page. */
  file?: string | undefined;
  line?: number | undefined;
  /** Exactly as it stands there. */
  quote?: string | undefined;
  title: string;
  /** Why it is here, or what became of it. */
  note: string;
  /** 0 low to 3 critical. */
  severity?: number;
  category?: string;
  /** Whether it held; null: that takes judgement. */
  holds?: boolean | null;
  /** What the prompt calls it. */
  number?: number;
  counts?: Record<string, number>;
};

export type Evidence = {
  /** Best first. */
  found: Found[];
  /** What one would search for. */
  queries: string[];
  summary: string;
};

// What a property asks for, by its name.
const names = {
  file: 'file path folder directory url page address filename',
  line: 'line',
  quote: 'quote excerpt snippet passage code text',
  title: 'title name headline problem issue finding angle',
  category: 'category kind eye type',
  query: 'query search keywords term',
  number: 'number id index source step',
  certainty: 'confidence certainty score probability',
} as const;
type Facet = keyof typeof names;

export const facetOf = (name: string): Facet | null => {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const isOne = (facet: Facet): boolean =>
    words.some((word) =>
      names[facet].split(' ').some((known) => [known, `${known}s`, `${known.slice(0, -1)}ies`].includes(word)),
    );
  return (Object.keys(names) as Facet[]).find(isOne) ?? null;
};

type Schema = {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  $ref?: string;
};

const typeOf = ({ type, properties, items }: Schema): string | undefined =>
  (Array.isArray(type) ? type.find((one) => one !== 'null') : type) ??
  (properties ? 'object' : items ? 'array' : undefined);

/** Follows local references, and takes the first alternative that is not null. */
const resolve = (schema: Schema, root: Schema, depth = 0): Schema => {
  const { $ref, anyOf = [], oneOf = [] } = schema;
  const steps = $ref?.replace(/^#\/?/, '').split('/').filter(Boolean);
  const target = steps
    ? steps.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], root)
    : [...anyOf, ...oneOf].find(({ type }) => type !== 'null');
  return target && depth < 20 ? { ...schema, ...resolve(target as Schema, root, depth + 1) } : schema;
};

/** Every property name of the schema, at any depth. */
export const propertiesOf = (schema: Schema, root = schema, depth = 0): string[] => {
  const { properties = {}, items } = resolve(schema, root);
  const below = [...Object.values(properties), ...(items ? [items] : [])];
  return depth > 8 ? [] : [...Object.keys(properties), ...below.flatMap((one) => propertiesOf(one, root, depth + 1))];
};

const severities = ['low', 'medium', 'high', 'critical'];
const open = /^(unknown|unclear|undecided|uncertain|none|other|unverified|inconclusive)$/i;

const toMember = (members: readonly unknown[], { severity, holds, category = '' }: Partial<Found>): unknown => {
  const find = (test: (name: string) => boolean) => members.find((one) => typeof one === 'string' && test(one));
  const bySeverity = severity === undefined ? undefined : find((name) => name.toLowerCase() === severities[severity]);
  const byVerdict =
    holds === true ? find((name) => /^(yes|true|real|holds|verified|confirmed|valid)$/i.test(name)) : undefined;
  return bySeverity ?? byVerdict ?? find((name) => name === category) ?? find((name) => open.test(name)) ?? members[0];
};

export const placeOf = ({ file, line }: Found): string => (line === undefined ? `${file}` : `${file}:${line}`);

const sentenceOf = (found: Found): string =>
  found.file === undefined ? found.note : `${placeOf(found)} reads: “${found.quote ?? found.note}”`;

const trim = (text: string, { minLength = 0, maxLength = 10_000 }: Schema): string =>
  text.slice(0, maxLength).padEnd(minLength, '.');

/** A value of the schema, from nothing but the evidence: each property is filled by what its name asks for. */
export const fillResult = (root: Schema, evidence: Evidence): unknown => {
  const { found, queries, summary } = evidence;

  const textOf = (name: string, record: Found | null, isPlace: boolean): string => {
    const facet = facetOf(name);
    if (facet === 'query' && !record) return queries[0] ?? summary;
    if (!record) return summary;
    if (facet === null || facet === 'certainty') return record.note;
    if (facet === 'quote' && !isPlace) return sentenceOf(record);
    const known = facet === 'query' ? record.title : record[facet];
    return known === undefined ? record.note : String(known);
  };

  const numberOf = (name: string, record: Found | null, { minimum = 0, maximum = Infinity }: Schema): number => {
    const facet = facetOf(name);
    const known = facet === 'line' || facet === 'number' ? record?.[facet] : undefined;
    const count = record || facet ? 0 : found.length;
    return Math.min(maximum, Math.max(minimum, known ?? record?.counts?.[name] ?? count));
  };

  const membersOf = (name: string, item: Schema, record: Found | null): (Found | null)[] => {
    if (record) return [record];
    const asked = typeOf(item) === 'object' ? Object.keys(item.properties ?? {}) : [name];
    const isQuery = asked.some((one) => facetOf(one) === 'query') && !asked.some((one) => facetOf(one) === 'file');
    return isQuery ? queries.map((query) => ({ title: query, note: query, quote: query })) : found;
  };

  const fill = (given: Schema, name: string, record: Found | null, isPlace: boolean): unknown => {
    const schema = resolve(given, root);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return toMember(schema.enum, record ?? found[0] ?? {});
    switch (typeOf(schema)) {
      case 'object': {
        const { properties = {}, required = [] } = schema;
        const keys = Object.keys(properties);
        const listsObjects = Object.values(properties).some(
          (one) => typeOf(resolve(one.items ?? {}, root)) === 'object',
        );
        // An object that lists nothing is about the one thing that was found.
        const about = record ?? (listsObjects || found.length !== 1 ? null : (found[0] ?? null));
        const hasFile = keys.some((key) => facetOf(key) === 'file');
        const isKnown = (key: string): boolean => {
          const facet = facetOf(key);
          return (
            required.includes(key) ||
            !about ||
            facet === null ||
            facet === 'certainty' ||
            facet === 'query' ||
            about[facet] !== undefined
          );
        };
        return Object.fromEntries(
          [...new Set([...keys, ...required])]
            .filter(isKnown)
            .map((key) => [key, fill(properties[key] ?? {}, key, about, hasFile)]),
        );
      }
      case 'array': {
        const { items = {}, minItems = 0, maxItems = 40 } = schema;
        const item = resolve(items, root);
        const members = membersOf(name, item, record).slice(0, maxItems);
        const missing = Array.from({ length: Math.max(0, minItems - members.length) }, (_, index) => {
          return { title: 'nothing found', note: `nothing found (${index + 1})` };
        });
        const values = [...members, ...missing].map((one) => fill(items, name, one, isPlace));
        return typeOf(item) === 'object' ? values : [...new Set(values)];
      }
      case 'integer':
      case 'number':
        return numberOf(name, record, schema);
      case 'boolean':
        return record ? (record.holds ?? record.file !== undefined) : found.length > 0;
      case 'null':
        return null;
      default:
        return trim(textOf(name, record, isPlace), schema);
    }
  };
  return fill(root, '', null, false);
};
