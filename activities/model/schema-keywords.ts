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

const mapSchema = (schema: Facts, keep: (keyword: string) => boolean): Facts => {
  const deeper = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((inner) => (isFacts(inner) ? mapSchema(inner, keep) : inner));
    return isFacts(value) ? mapSchema(value, keep) : value;
  };
  const entries = Object.entries(schema).filter(([keyword]) => keep(keyword));
  return Object.fromEntries(
    entries.map(([keyword, value]) => {
      if (named.includes(keyword)) return [keyword, mapNames(value, (inner) => mapSchema(inner, keep))];
      return [keyword, data.includes(keyword) ? value : deeper(value)];
    }),
  );
};

/** `keyword`: one to leave out, at any depth; `*`: all but the plain ones. */
export const withoutKeywords = (tool: WireTool, keyword: string): WireTool => {
  const keep = (each: string): boolean => (keyword === '*' ? plain.includes(each) : each !== keyword);
  return { ...tool, function: { ...tool.function, parameters: mapSchema(tool.function.parameters, keep) } };
};

/** The keywords of the tools' schemas that could be left out. */
export const keywordsOf = (tools: readonly WireTool[]): string[] => {
  const found = new Set<string>();
  const note = (keyword: string): boolean => {
    if (!plain.includes(keyword)) found.add(keyword);
    return true;
  };
  for (const tool of tools) mapSchema(asFacts(tool.function.parameters), note);
  return [...found];
};
