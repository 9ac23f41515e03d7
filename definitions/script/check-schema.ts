import { nearest, quote } from '../nearest.ts';
import { isRecord, type Path } from '../path.ts';

/** Keywords that hold one schema, a list of them, or a map of them. */
const schemas =
  'items additionalProperties contains propertyNames not if then else unevaluatedItems unevaluatedProperties';
const lists = 'allOf anyOf oneOf prefixItems';
const maps = 'properties patternProperties $defs definitions dependentSchemas';
const plain =
  '$schema $id $ref $anchor $comment $dynamicRef $dynamicAnchor type enum const title description default examples format ' +
  'pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems ' +
  'minContains maxContains required minProperties maxProperties dependentRequired dependencies additionalItems ' +
  'contentEncoding contentMediaType readOnly writeOnly deprecated';
const words = (text: string): string[] => text.split(' ');
const keywords = words(`${schemas} ${lists} ${maps} ${plain}`);

type Told = { path: Path; message: string };

/** What a schema says in words that JSON Schema does not have: it is valid, and asks for less than was meant. */
export const schemaWarnings = (schema: Record<string, unknown>): Told[] => {
  const keys = Object.keys(schema);
  if (keys.length > 0 && !keys.some((key) => keywords.includes(key) || nearest(key, keywords).length > 0)) {
    const example = "{ type: 'object', properties: { … }, required: [ … ] }";
    return [{ path: [], message: `no keyword of JSON Schema, so any result fits: write ${example}` }];
  }
  return misspelt(schema, []);
};

const misspelt = (schema: unknown, path: Path): Told[] => {
  if (!isRecord(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]): Told[] => {
    const place = [...path, key];
    if (words(schemas).includes(key)) return misspelt(value, place);
    if (words(lists).includes(key) && Array.isArray(value))
      return value.flatMap((one, index) => misspelt(one, [...place, index]));
    if (words(maps).includes(key) && isRecord(value))
      return Object.entries(value).flatMap(([name, one]) => misspelt(one, [...place, name]));
    const [close] = keywords.includes(key) ? [] : nearest(key, keywords);
    if (close === undefined) return [];
    return [{ path: place, message: `unknown keyword ${quote(key)}; did you mean ${quote(close)}?` }];
  });
};
