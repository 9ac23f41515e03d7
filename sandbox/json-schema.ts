import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats, { type FormatsPlugin } from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import { EverturnError } from '../contracts/errors.ts';
import { compilePattern, PatternError } from '../contracts/pattern.ts';
import { draftOf, unknownDraft } from './schema-draft.ts';
import { OverTime, withinTime } from './within-time.ts';

type JsonSchema = Record<string, unknown>;

/** For what is not a pattern: references that double, unique items. Of the clock, so generous: a busy machine is not an error. */
const limitMs = 5000;

const regExp = (source: string) => {
  const { test } = compilePattern(source);
  // By this text Ajv tells patterns apart.
  return { test, toString: () => source };
};
regExp.code = 'compilePattern';

/** How every schema of a user or a model is read. Its patterns run in linear time. */
const schemaOptions: Options = {
  strict: false,
  allErrors: true,
  logger: false,
  code: { regExp } as unknown as NonNullable<Options['code']>,
};

// The package's types are those of its CommonJS form, whose default is one level deeper.
const formats = (addFormats as unknown as { default: FormatsPlugin }).default;

/** Longer ones than any address; its expression takes the square of their length. */
const maxUrlLength = 2048;

/** A new one for each schema, so that none knows the `$id` of another. Its draft is chosen here, not by `$schema`. */
const createAjv = (schema: JsonSchema, options: Options): Ajv => {
  const ajv =
    draftOf(schema) === 'draft-7'
      ? new Ajv({ ...schemaOptions, ...options })
      : new Ajv2020({ ...schemaOptions, ...options });
  formats(ajv);
  const url = formats.get('url');
  if (url instanceof RegExp) ajv.addFormat('url', (text: string) => text.length <= maxUrlLength && url.test(text));
  return ajv;
};

const withoutDraft = ({ $schema: _, ...schema }: JsonSchema): JsonSchema => schema;

/** Throws what is wrong with the schema. */
export const compileSchema = (schema: JsonSchema, options: Options = {}): ValidateFunction => {
  if (draftOf(schema) === null) throw new Error(`$schema is ${unknownDraft}`);
  return createAjv(schema, options).compile(withoutDraft(schema));
};

/** Does what a schema asks for. Throws `schema_slow` when that takes too long. */
export const withSchema = <Result>(work: () => Result): Result => {
  try {
    return withinTime(limitMs, work);
  } catch (error) {
    if (!(error instanceof OverTime)) throw error;
    throw new EverturnError(
      'schema_slow',
      `Cannot check by the schema: it takes more than ${limitMs} ms. Look for references that multiply, uniqueItems over many objects and patterns with large repeat counts`,
      { cause: error },
    );
  }
};

const maxKept = 50;
const compiled = new LRUCache<string, ValidateFunction>({ max: maxKept });

const validatorOf = (schema: JsonSchema): ValidateFunction => {
  const key = JSON.stringify(schema);
  const validator = compiled.get(key) ?? compileSchema(schema);
  compiled.set(key, validator);
  return validator;
};

/** `/items/0/name` as its keys. */
const placeOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** `/items/0/name` as `<root>.items[0].name`. */
const pathOf = (root: string, pointer: string): string =>
  placeOf(pointer).reduce(
    (path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part),
    root,
  );

const counted: Readonly<Record<string, readonly [bound: string, one: string, many: string]>> = {
  minItems: ['at least', 'item', 'items'],
  maxItems: ['at most', 'item', 'items'],
  items: ['at most', 'item', 'items'],
  additionalItems: ['at most', 'item', 'items'],
  minLength: ['at least', 'character', 'characters'],
  maxLength: ['at most', 'character', 'characters'],
  minProperties: ['at least', 'property', 'properties'],
  maxProperties: ['at most', 'property', 'properties'],
};

const wordsOf = ({ keyword, message = 'does not fit', params }: ErrorObject): string => {
  if (keyword === 'additionalProperties') return `must not have the property "${params.additionalProperty}"`;
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params.allowedValues)}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`;
  const [bound, one, many] = counted[keyword] ?? [];
  if (bound) return `must have ${bound} ${params.limit} ${params.limit === 1 ? one : many}`;
  return message;
};

const maxFaults = 100;

/**
 * Where a value does not fit a JSON Schema (draft 2020-12 or 7), each fault as `path: what is expected`, the first
 * hundred; none when it fits. `root` names the value itself in paths. Throws what is wrong with the schema when it is
 * none, and `schema_slow` when the check takes more than five seconds.
 */
export const schemaFaults = (schema: JsonSchema, value: unknown, root = ''): string[] => {
  const errors = withSchema(() => {
    const validator = validatorOf(schema);
    return validator(value) ? [] : (validator.errors ?? []);
  });
  return errors.slice(0, maxFaults).map((error) => {
    const path = pathOf(root, error.instancePath);
    return path ? `${path}: ${wordsOf(error)}` : wordsOf(error);
  });
};

/** Where a value does not fit a JSON Schema: the keys that lead to each faulty part, none for the value itself. */
export const faultyPlaces = (schema: JsonSchema, value: unknown): string[][] =>
  withSchema(() => {
    const validator = validatorOf(schema);
    return validator(value) ? [] : (validator.errors ?? []).slice(0, maxFaults);
  }).map(({ instancePath }) => placeOf(instancePath));

/** Where in the schema it is wrong, and how. */
export type SchemaFault = { path: string[]; message: string };

const messageOf = ({ keyword, message = 'is no schema', params }: ErrorObject): string => {
  if (keyword === 'type') return `must be ${[params.type].flat().join(' or ')}`;
  return Array.isArray(params.allowedValues) ? `${message}: ${params.allowedValues.join(', ')}` : message;
};

/** Where something is in a schema. */
const placeIn = (
  schema: unknown,
  is: (key: string, value: unknown) => string[] | null,
  path: string[] = [],
): string[] | null => {
  if (typeof schema !== 'object' || schema === null) return null;
  for (const [key, value] of Object.entries(schema)) {
    const found = is(key, value);
    if (found) return [...path, ...found];
    const deeper = placeIn(value, is, [...path, key]);
    if (deeper) return deeper;
  }
  return null;
};

/** As the value of `pattern`, or as a key of `patternProperties`. */
const placeOfPattern = (schema: JsonSchema, source: string): string[] | null =>
  placeIn(schema, (key, value) => {
    if (key === 'pattern' && value === source) return [key];
    const isKey = key === 'patternProperties' && typeof value === 'object' && value !== null && source in value;
    return isKey ? [key, source] : null;
  });

const faultOf = (schema: JsonSchema, error: unknown): SchemaFault => {
  if (error instanceof PatternError)
    return { path: placeOfPattern(schema, error.source) ?? [], message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const [, missing] = /^can't resolve reference (\S+) from/.exec(message) ?? [];
  if (missing !== undefined) {
    const path = placeIn(schema, (key, value) => (key === '$ref' && value === missing ? [key] : null)) ?? [];
    return {
      path,
      message: `cannot find what "${missing}" refers to: write it below $defs, and refer to it by #/$defs/…`,
    };
  }
  if (error instanceof RangeError)
    return {
      path: placeIn(schema, (key) => (key === '$ref' ? [key] : null)) ?? [],
      message: 'its references go round in a circle, or it is nested too deeply',
    };
  return { path: [], message };
};

/** Reads a schema as it is written: where it is wrong, or how a value is checked, which gives {@link schemaFaults}' errors. */
export const readSchema = (schema: JsonSchema): { fault: SchemaFault } | { check(value: unknown): ErrorObject[] } => {
  try {
    const validate = withSchema((): ValidateFunction | SchemaFault => {
      if (draftOf(schema) === null) return { path: ['$schema'], message: unknownDraft };
      const own = withoutDraft(schema);
      const ajv = createAjv(schema, {});
      if (ajv.validateSchema(own) === true) return ajv.compile(own);
      const deepest = (ajv.errors ?? []).toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0];
      return { path: placeOf(deepest?.instancePath ?? ''), message: deepest ? messageOf(deepest) : 'is no schema' };
    });
    if (typeof validate !== 'function') return { fault: validate };
    return { check: (value) => withSchema(() => (validate(value) ? [] : (validate.errors ?? []))) };
  } catch (error) {
    return { fault: faultOf(schema, error) };
  }
};

/** What is wrong with a schema that is about to be used; null when nothing is. */
export const schemaFault = (schema: JsonSchema): SchemaFault | null => {
  try {
    withSchema(() => validatorOf(schema));
    return null;
  } catch (error) {
    const read = readSchema(schema);
    return 'fault' in read ? read.fault : faultOf(schema, error);
  }
};
