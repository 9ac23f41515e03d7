/** What we read of a JSON Schema, draft 7 or 2020-12. */
export type Schema = {
  type?: string | string[];
  description?: string;
  title?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, unknown>;
  required?: string[];
  items?: unknown;
  prefixItems?: unknown[];
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  anyOf?: unknown[];
  oneOf?: unknown[];
  allOf?: unknown[];
  $ref?: string;
};

const asSchema = (value: unknown): Schema => (typeof value === 'object' && value !== null ? (value as Schema) : {});

const mostRefs = 20;

/** Local references only: `#` and `#/a/b`. */
const follow = (ref: string, root: unknown): unknown =>
  ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => asSchema(at)[part as keyof Schema], root);

const merge = (a: Schema, b: Schema): Schema => ({
  ...a,
  ...b,
  ...(a.properties || b.properties ? { properties: { ...a.properties, ...b.properties } } : {}),
  ...(a.required || b.required ? { required: [...new Set([...(a.required ?? []), ...(b.required ?? [])])] } : {}),
});

const isNull = (schema: Schema): boolean => schema.type === 'null' || schema.const === null;

/** With references followed, `allOf` merged, and the first alternative that is not null chosen. */
export const resolveSchema = (value: unknown, root: unknown, depth = 0): Schema => {
  const { $ref, allOf, anyOf, oneOf, ...own } = asSchema(value);
  if (depth > mostRefs) return own;
  const parts = [...($ref === undefined ? [] : [follow($ref, root)]), ...(allOf ?? [])];
  const options = (anyOf ?? oneOf ?? []).map((option) => resolveSchema(option, root, depth + 1));
  const chosen = options.find((option) => !isNull(option)) ?? options[0] ?? {};
  return [...parts.map((part) => resolveSchema(part, root, depth + 1)), chosen].reduce(merge, own);
};

/** The one type that a value is made of; never null where there is another. */
export const typeOf = (schema: Schema): string => {
  const named = Array.isArray(schema.type) ? (schema.type.find((type) => type !== 'null') ?? 'null') : schema.type;
  if (named !== undefined) return named;
  if (schema.properties || schema.required) return 'object';
  if (schema.items !== undefined || schema.prefixItems || schema.minItems !== undefined) return 'array';
  if (schema.minimum !== undefined || schema.maximum !== undefined || schema.multipleOf !== undefined) return 'number';
  return 'string';
};

/** Every property name of the schema, at any depth. */
export const propertyNames = (value: unknown, root: unknown = value, depth = 0): string[] => {
  if (depth > 8) return [];
  const { properties = {}, items, prefixItems = [] } = resolveSchema(value, root);
  const below = [...Object.values(properties), ...prefixItems, ...(items === undefined ? [] : [items])];
  return [...new Set([...Object.keys(properties), ...below.flatMap((each) => propertyNames(each, root, depth + 1))])];
};

/** The types of all leaves, with their names; an array's items have the name of the array. */
export const leaves = (
  value: unknown,
  root: unknown = value,
  name = '',
  depth = 0,
): { name: string; type: string }[] => {
  if (depth > 8) return [];
  const schema = resolveSchema(value, root);
  const { properties = {}, items, prefixItems = [] } = schema;
  const type = typeOf(schema);
  if (type === 'object') return Object.entries(properties).flatMap(([key, each]) => leaves(each, root, key, depth + 1));
  if (type === 'array') {
    return [...prefixItems, ...(items === undefined ? [] : [items])].flatMap((each) =>
      leaves(each, root, name, depth + 1),
    );
  }
  return [{ name, type: schema.enum ? 'enum' : type }];
};
