type JsonSchema = Record<string, unknown>;

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unions = ['anyOf', 'oneOf', 'allOf'] as const;

/** Lists whose items nobody describes: some providers refuse such a tool, and with it the request. */
const withItems = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withItems);
  if (!isSchema(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withItems(part)]));
  return value.type === 'array' && value.items === undefined && value.prefixItems === undefined
    ? { ...inner, items: {} }
    : inner;
};

const propertiesOf = (value: unknown): JsonSchema =>
  isSchema(value) && isSchema(value.properties) ? value.properties : {};

const deepest = 20;

/** What a reference within the schema refers to; undefined for any other. */
const referred = (schema: JsonSchema, reference: unknown): unknown => {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, key) => (isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined), schema);
};

/** Generators write the whole schema below `definitions`, and refer to it: models would see no argument. */
const dereferenced = (schema: JsonSchema, left = deepest): JsonSchema => {
  const { $ref, ...rest } = schema;
  const found = referred(rest, $ref);
  return left > 0 && isSchema(found) ? dereferenced({ ...rest, ...found }, left - 1) : schema;
};

/**
 * A schema as every provider takes it: an object that names its properties, without alternatives at its top. Those are
 * offered as the properties of all of them together; arguments are checked by the server's own schema.
 */
export const offeredSchema = ({ $schema: _, ...given }: JsonSchema): JsonSchema => {
  const schema = dereferenced(given);
  const alternatives = unions.flatMap((union) => (Array.isArray(schema[union]) ? (schema[union] as unknown[]) : []));
  const { anyOf: _any, oneOf: _one, allOf: _all, not: _not, enum: _enum, const: _const, ...rest } = schema;
  const properties = Object.assign({}, ...alternatives.map(propertiesOf), propertiesOf(schema)) as JsonSchema;
  return withItems({ ...rest, type: 'object', properties }) as JsonSchema;
};
