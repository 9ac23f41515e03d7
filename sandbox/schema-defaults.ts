import { createAjv, withSchema } from './json-schema.ts';

/** A copy of the value with the defaults of its JSON Schema filled in. What does not fit stays as it is. */
export const withDefaults = (schema: Record<string, unknown>, value: unknown): unknown => {
  const { $schema: _, ...rest } = schema;
  return withSchema(() => {
    const filled: unknown = structuredClone(value);
    createAjv(rest, { useDefaults: true, validateFormats: false, allErrors: false }).compile(rest)(filled);
    return filled;
  });
};
