import { type Evidence, type Found, placeOf, sentenceOf } from './evidence.ts';
import { type Facet, facetOf, isNegative } from './facets.ts';
import { toMember, toNumber, toText } from './leaf.ts';
import { resolveSchema, type Schema, typeOf } from './schema.ts';

const mostItems = 40;
const deepest = 10;

/** Where in the value we are: about one thing that was found, or about the whole. */
type Scope = {
  evidence: Evidence;
  record: Found | null;
  /** Whether the value lists what was found one by one, so that a note is about the whole. */
  isList: boolean;
  root: unknown;
  name: string;
  depth: number;
  variant: number;
  /** Whether a text here is what stands at a place: the object asks for file and line, and for no quote by its name. */
  isPlace?: boolean;
};

const nothingFor = ({ about }: Evidence): string => `nothing found for ${about}`;

/** The one thing that is spoken of, or in the whole the first. */
const subjectOf = ({ evidence, record }: Scope): Found | null => record ?? evidence.found[0] ?? null;

const noteOf = ({ evidence, record, isList }: Scope): string => {
  const [first, second] = evidence.found;
  return record?.note ?? (isList || second ? undefined : first?.note) ?? evidence.summary;
};

const texts: Record<Facet, (scope: Scope) => string | undefined> = {
  file: (scope) => subjectOf(scope)?.file,
  line: (scope) => subjectOf(scope)?.line?.toString(),
  place: (scope) => placeOf(subjectOf(scope) ?? { title: '', note: '' }),
  quote: (scope) => subjectOf(scope)?.quote,
  title: (scope) => subjectOf(scope)?.title,
  note: noteOf,
  severity: () => undefined,
  category: (scope) => subjectOf(scope)?.category,
  query: ({ evidence }) => evidence.queries[0],
  number: (scope) => placeOf(subjectOf(scope) ?? { title: '', note: '' }),
  statement: ({ record, evidence }) => (record ? sentenceOf(record) : evidence.summary),
  summary: ({ record, evidence }) => record?.note ?? evidence.summary,
  count: ({ evidence }) => `${evidence.found.length}`,
  certainty: () => undefined,
};

const numbers: Partial<Record<Facet, (scope: Scope) => number | undefined>> = {
  line: (scope) => subjectOf(scope)?.line,
  number: (scope) => subjectOf(scope)?.number,
  severity: (scope) => subjectOf(scope)?.severity,
  // Nothing here is weighed: the least that the schema allows.
  certainty: () => undefined,
};

const rawOf = ({ record, name }: Scope, type: string): unknown => {
  const value = record?.raw?.[name];
  return typeof value === type ? value : undefined;
};

const textOf = (scope: Scope, facet: Facet | null): string | undefined => {
  const known = facet && texts[facet === 'statement' && scope.isPlace ? 'quote' : facet](scope);
  if (known !== undefined && known !== null && known !== '') return known;
  return rawOf(scope, 'string') as string | undefined;
};

const fillText = (schema: Schema, scope: Scope, facet: Facet | null): string => {
  const own = scope.record ? sentenceOf(scope.record) : scope.evidence.summary;
  const isOpen = facet === null || facet === 'statement' || facet === 'summary' || facet === 'note';
  return toText(schema, textOf(scope, facet) ?? (isOpen ? own : nothingFor(scope.evidence)), scope.variant);
};

const fillNumber = (schema: Schema, scope: Scope, facet: Facet | null): number => {
  const counted = scope.record ? 0 : scope.evidence.found.length;
  const known = facet && numbers[facet] ? numbers[facet](scope) : (rawOf(scope, 'number') as number | undefined);
  return toNumber(
    schema,
    (known ?? (facet && numbers[facet] ? 0 : counted)) + scope.variant,
    typeOf(schema) === 'integer',
  );
};

const fillBoolean = (scope: Scope): boolean => {
  const { evidence, record, name, variant } = scope;
  const isEstablished = record
    ? (record.holds ?? record.file !== undefined)
    : evidence.found.length > 0 && evidence.found.every(({ holds }) => holds !== false);
  return (isEstablished !== isNegative(name)) !== (variant % 2 === 1);
};

const fillEnum = (members: readonly unknown[], scope: Scope): unknown => {
  const subject = subjectOf(scope);
  const text = [subject?.category, subject?.title, subject?.note, textOf(scope, null)].filter(Boolean).join(' ');
  const { severity, holds, isOpen } = subject ?? {};
  return toMember(members, { text, severity, holds, ...(isOpen ? { isOpen } : {}) }, scope.variant);
};

const facetsIn = ({ properties = {} }: Schema, root: unknown): Set<Facet | null> =>
  new Set(Object.entries(properties).map(([name, value]) => facetOf(name, resolveSchema(value, root).description)));

/** Whether each item is something to search for, whatever the array is called. */
const asksForQueries = (itemSchema: Schema, root: unknown): boolean => {
  const facets = facetsIn(itemSchema, root);
  return facets.has('query') && !facets.has('file');
};

/** What an array of that name holds one item of each of. */
const membersOf = (itemSchema: Schema, scope: Scope, facet: Facet | null): Partial<Scope>[] => {
  const { evidence, record } = scope;
  if (record) return [{ record }];
  const type = typeOf(itemSchema);
  if (facet === 'query' && type !== 'object') {
    return evidence.queries.map((query) => ({ evidence: { ...evidence, queries: [query] } }));
  }
  const isQuery = facet === 'query' || asksForQueries(itemSchema, scope.root);
  if (isQuery && evidence.queries.length > 0 && evidence.found.length === 0) {
    return evidence.queries.map((query) => ({
      record: { title: query, note: query, raw: {} },
      evidence: { ...evidence, queries: [query] },
    }));
  }
  return evidence.found.map((each) => ({ record: each }));
};

const fillArray = (schema: Schema, scope: Scope, facet: Facet | null): unknown[] => {
  const { minItems = 0, maxItems = mostItems, uniqueItems = false, prefixItems = [] } = schema;
  const items = Array.isArray(schema.items) ? schema.items : prefixItems;
  const restSchema = Array.isArray(schema.items) ? {} : (schema.items ?? {});
  const below = { ...scope, depth: scope.depth + 1 };
  const fixed = items.slice(0, maxItems).map((item) => fill(item, below));
  const itemSchema = resolveSchema(restSchema, scope.root);
  const isClosed = schema.items === false || (items.length > 0 && schema.items === undefined);
  const members = isClosed || scope.depth > deepest ? [] : membersOf(itemSchema, scope, facet);
  const values = [...fixed];
  const seen = new Set(fixed.map((value) => JSON.stringify(value)));
  const isDistinct = uniqueItems || ['string', 'integer', 'number'].includes(typeOf(itemSchema));
  const add = (value: unknown, mustDiffer: boolean): void => {
    const key = JSON.stringify(value);
    if (mustDiffer && seen.has(key)) return;
    seen.add(key);
    values.push(value);
  };
  for (const member of members)
    if (values.length < maxItems) add(fill(restSchema, { ...below, ...member }), isDistinct);
  const empty: Found = { title: nothingFor(scope.evidence), note: nothingFor(scope.evidence) };
  for (let variant = 0; values.length < minItems && variant < minItems + 100; variant += 1) {
    const record = members.length === 0 && typeOf(itemSchema) === 'object' ? empty : (scope.record ?? null);
    const more = { ...below, record: record ?? empty, variant: uniqueItems || members.length > 0 ? variant : 0 };
    add(fill(restSchema, more), uniqueItems);
  }
  return values;
};

const listsObjects = (schema: Schema, root: unknown): boolean =>
  Object.values(schema.properties ?? {})
    .map((property) => resolveSchema(property, root))
    .some((property) => typeOf(property) === 'array' && typeOf(resolveSchema(property.items, root)) === 'object');

const fillObject = (schema: Schema, above: Scope): Record<string, unknown> => {
  const { properties = {}, required = [] } = schema;
  const facets = facetsIn(schema, above.root);
  const isPlace = facets.has('file') && facets.has('line') && !facets.has('quote');
  const scope = { ...above, isList: above.isList || listsObjects(schema, above.root), isPlace };
  const names = new Set([...Object.keys(properties), ...required]);
  const entries = [...names].flatMap((name) => {
    const isRequired = required.includes(name);
    if (!isRequired && scope.depth > deepest) return [];
    const below = { ...scope, name, depth: scope.depth + 1 };
    const property = resolveSchema(properties[name] ?? {}, scope.root);
    if (!isRequired && !isKnown(property, below)) return [];
    return [[name, fill(properties[name] ?? {}, below)] as const];
  });
  return Object.fromEntries(entries);
};

/** Whether there is something to say for an optional property. */
const isKnown = (schema: Schema, scope: Scope): boolean => {
  const type = typeOf(schema);
  if (schema.const !== undefined || schema.enum || type === 'object' || type === 'array' || type === 'boolean')
    return true;
  const facet = facetOf(scope.name, schema.description);
  if (type === 'string') return textOf(scope, facet) !== undefined;
  return (
    rawOf(scope, 'number') !== undefined ||
    (facet !== null && (numbers[facet]?.(scope) ?? (facet === 'count' ? 0 : undefined)) !== undefined)
  );
};

const fill = (value: unknown, scope: Scope): unknown => {
  const schema = resolveSchema(value, scope.root);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return fillEnum(schema.enum, scope);
  const facet = facetOf(scope.name, schema.description);
  switch (typeOf(schema)) {
    case 'object':
      return fillObject(schema, scope);
    case 'array':
      return fillArray(schema, scope, facet);
    case 'integer':
    case 'number':
      return fillNumber(schema, scope, facet);
    case 'boolean':
      return fillBoolean(scope);
    case 'null':
      return null;
    default:
      return fillText(schema, scope, facet);
  }
};

/**
 * A value that the schema allows, of nothing but the evidence. A property is filled by what its name and description
 * ask for; where nothing was found a string says so.
 */
export const fillResult = (schema: unknown, evidence: Evidence): unknown =>
  fill(schema, { evidence, record: null, isList: false, root: schema, name: '', depth: 0, variant: 0 });
