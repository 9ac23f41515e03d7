import { compileSchema, withSchema } from './json-schema.ts';

/** A copy of the value with the defaults of its JSON Schema filled in. What does not fit stays as it is. */
export const withDefaults = (schema: Record<string, unknown>, value: unknown): unknown => {
  return withSchema(() => {
    const filled: unknown = structuredClone(value);
    compileSchema(schema, { useDefaults: true, validateFormats: false, allErrors: false })(filled);
    return filled;
  });
};
