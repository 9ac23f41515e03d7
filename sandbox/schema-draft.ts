type JsonSchema = Record<string, unknown>;

/** As a schema names the draft that it is written in, with or without "#" and "s". */
const drafts: [RegExp, 'draft-7' | 'draft-2020'][] = [
  [/json-schema\.org\/(draft-0[4-7]\/)?schema\/?#?$/, 'draft-7'],
  [/json-schema\.org\/draft\/(2019-09|2020-12)\/schema\/?#?$/, 'draft-2020'],
];

/** Before 2020-12 a list of `items` was what a tuple holds. */
const hasTuple = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  Object.entries(schema).some(([key, value]) => (key === 'items' && Array.isArray(value)) || hasTuple(value));

/** Draft 7 reads the drafts before it, 2020-12 the one before. Null: it names another one. */
export const draftOf = ({ $schema, ...rest }: JsonSchema): 'draft-7' | 'draft-2020' | null => {
  if ($schema === undefined) return hasTuple(rest) ? 'draft-7' : 'draft-2020';
  return drafts.find(([pattern]) => typeof $schema === 'string' && pattern.test($schema))?.[1] ?? null;
};

export const unknownDraft =
  'no known draft of JSON Schema: leave it out, or name https://json-schema.org/draft/2020-12/schema';
