import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type JsonSchema = Record<string, unknown>;

const options = { strict: false, allErrors: true, logger: false } as const;

/** A new one for each schema, so that none knows the `$id` of another. Draft 7 where the schema says so, else 2020-12. */
const compile = (schema: JsonSchema): ValidateFunction => {
  const isDraft7 = typeof schema.$schema === 'string' && schema.$schema.includes('draft-07');
  const ajv = isDraft7 ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  return ajv.compile(schema);
};

const mostKept = 50;
const kept = new Map<string, ValidateFunction>();

const validatorOf = (schema: JsonSchema): ValidateFunction => {
  const key = JSON.stringify(schema);
  const validator = kept.get(key) ?? compile(schema);
  kept.delete(key);
  kept.set(key, validator);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return validator;
};

/** `/items/0/name` as `<root>.items[0].name`. */
const pathOf = (root: string, pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), root);

const wordsOf = ({ keyword, message = 'does not fit', params }: ErrorObject): string => {
  if (keyword === 'additionalProperties') return `must not have the property "${params.additionalProperty}"`;
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params.allowedValues)}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`;
  return message;
};

/**
 * Where a value does not fit a JSON Schema (draft 2020-12 or 7), each fault as `path: what is expected`; none
 * when it fits. `root` names the value itself in paths. Throws what is wrong with the schema when it is none.
 */
export const schemaFaults = (schema: JsonSchema, value: unknown, root = ''): string[] => {
  const validator = validatorOf(schema);
  if (validator(value)) return [];
  return (validator.errors ?? []).map((error) => {
    const path = pathOf(root, error.instancePath);
    return path ? `${path}: ${wordsOf(error)}` : wordsOf(error);
  });
};
