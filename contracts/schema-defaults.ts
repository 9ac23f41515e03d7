import { Ajv2020 } from 'ajv/dist/2020.js';

/** A copy of the value with the defaults of its JSON Schema filled in. What does not fit stays as it is. */
export const withDefaults = (schema: Record<string, unknown>, value: unknown): unknown => {
  const filled: unknown = structuredClone(value);
  const { $schema: _, ...rest } = schema;
  new Ajv2020({ strict: false, useDefaults: true, logger: false, validateFormats: false }).compile(rest)(filled);
  return filled;
};
