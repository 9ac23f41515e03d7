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

/**
 * A schema as every provider takes it: an object that names its properties, without alternatives at its top. Those are
 * offered as the properties of all of them together; arguments are checked by the server's own schema.
 */
export const offeredSchema = ({ $schema: _, ...schema }: JsonSchema): JsonSchema => {
  const alternatives = unions.flatMap((union) => (Array.isArray(schema[union]) ? (schema[union] as unknown[]) : []));
  const { anyOf: _any, oneOf: _one, allOf: _all, not: _not, enum: _enum, const: _const, ...rest } = schema;
  const properties = Object.assign({}, ...alternatives.map(propertiesOf), propertiesOf(schema)) as JsonSchema;
  return withItems({ ...rest, type: 'object', properties }) as JsonSchema;
};
