import { isDeepStrictEqual } from 'node:util';
import type { WireTool } from '../../contracts/request.ts';
import { asFacts, type Facts } from './words.ts';

/** Without these a schema says nothing; every provider knows them. */
const plain = ['type', 'properties', 'required', 'items', 'enum', 'description'];

/** Keywords below which the keys are names that a tool chose. */
const named = ['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas'];

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapNames = (value: unknown, change: (schema: Facts) => Facts): unknown =>
  isFacts(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, isFacts(inner) ? change(inner) : inner]))
    : value;

/** A value that is data, not a schema. */
const data = ['enum', 'const', 'default', 'examples', 'required', 'example'];

type Mapping = {
  keep(keyword: string): boolean;
  /** Called for each schema before its keywords go. */
  prepare?(schema: Facts): Facts;
};

const mapSchema = (whole: Facts, mapping: Mapping): Facts => {
  const deeper = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((inner) => (isFacts(inner) ? mapSchema(inner, mapping) : inner));
    return isFacts(value) ? mapSchema(value, mapping) : value;
  };
  const schema = mapping.prepare?.(whole) ?? whole;
  const entries = Object.entries(schema).filter(([keyword]) => mapping.keep(keyword));
  return Object.fromEntries(
    entries.map(([keyword, value]) => {
      if (named.includes(keyword)) return [keyword, mapNames(value, (inner) => mapSchema(inner, mapping))];
      return [keyword, data.includes(keyword) ? value : deeper(value)];
    }),
  );
};

/** Alternatives with a type other than `null`, of a schema that has no type itself. */
const alternativesOf = ({ type, anyOf, oneOf }: Facts): Facts[] =>
  type === undefined
    ? ([anyOf, oneOf].find(Array.isArray) ?? [])
        .filter(isFacts)
        .filter((each) => each.type !== undefined && each.type !== 'null')
    : [];

/** What may also be null is said without the alternative. */
const withoutNull = (schema: Facts): Facts => {
  const [only, ...others] = alternativesOf(schema);
  return only && others.length === 0 ? { ...only, ...schema } : schema;
};

/** `keyword`: one to leave out, at any depth; `*`: all but the plain ones. */
export const withoutKeywords = (tool: WireTool, keyword: string): WireTool => {
  const mapping: Mapping =
    keyword === '*'
      ? { keep: (each) => plain.includes(each), prepare: withoutNull }
      : { keep: (each) => each !== keyword };
  return { ...tool, function: { ...tool.function, parameters: mapSchema(tool.function.parameters, mapping) } };
};

/** The keywords of the tools' schemas that could be left out. */
export const keywordsOf = (tools: readonly WireTool[]): string[] => {
  const found = new Set<string>();
  const keep = (keyword: string): boolean => {
    if (!plain.includes(keyword)) found.add(keyword);
    return true;
  };
  for (const tool of tools) mapSchema(asFacts(tool.function.parameters), { keep });
  return [...found];
};

const simpleType = (type: unknown): unknown => (Array.isArray(type) ? type.find((each) => each !== 'null') : type);

const schemaOf = (value: unknown): Facts => (isFacts(value) ? simpleSchema(value) : {});

/** One type each, enums of texts only, items that have a type, and no property that is required and not there. */
const simpleSchema = (whole: Facts): Facts => {
  const schema = { ...alternativesOf(whole)[0], ...whole };
  const { type: types, enum: values, items, properties, required, anyOf: _any, oneOf: _one, ...rest } = schema;
  const type = simpleType(types);
  const named = isFacts(properties)
    ? Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, schemaOf(inner)]))
    : null;
  const texts = Array.isArray(values) && values.every((value) => typeof value === 'string');
  const kept = Array.isArray(required)
    ? required.filter((name) => typeof name === 'string' && named && name in named)
    : [];
  return {
    ...(type === undefined ? {} : { type }),
    ...rest,
    ...(texts && (type === 'string' || type === undefined) ? { type: 'string', enum: values } : {}),
    ...(type === 'array' ? { items: { type: 'string', ...schemaOf(items) } } : {}),
    ...(named ? { properties: named } : {}),
    ...(kept.length > 0 ? { required: kept } : {}),
  };
};

/** A tool whose schema is said in the plainest forms, for providers whose schemas are not JSON Schema. */
export const simpleTool = (tool: WireTool): WireTool => ({
  ...tool,
  function: { ...tool.function, parameters: simpleSchema(tool.function.parameters) },
});

export const isSimple = (tools: readonly WireTool[]): boolean =>
  tools.every((tool) => isDeepStrictEqual(simpleTool(tool), tool));
