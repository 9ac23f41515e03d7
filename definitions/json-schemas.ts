import { Ajv, type AnySchema, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Path } from './path.ts';

const options: Options = { strict: false, allErrors: true, logger: false, validateFormats: true };

/** Where in the schema it is wrong, and how. */
export type SchemaFault = { path: Path; message: string };

/** A JSON Schema ready to check values; draft 2020-12 unless it says `$schema` of draft 7. */
export const compileSchema = (schema: Record<string, unknown>): ValidateFunction | SchemaFault => {
  // An instance of its own: schemas of one file may carry the same $id.
  const ajv = String(schema.$schema).includes('draft-07') ? new Ajv(options) : new Ajv2020(options);
  addFormats.default(ajv);
  try {
    if (ajv.validateSchema(schema as AnySchema) !== true) {
      const deepest = (ajv.errors ?? []).toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0];
      const path = pathOf(deepest?.instancePath ?? '');
      return { path, message: `${deepest?.message ?? 'is no schema'}${valuesOf(deepest?.params)}` };
    }
    return ajv.compile(schema);
  } catch (error) {
    return { path: [], message: error instanceof Error ? error.message : String(error) };
  }
};

const pathOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

const valuesOf = (params: Record<string, unknown> | undefined): string =>
  Array.isArray(params?.allowedValues) ? `: ${params.allowedValues.join(', ')}` : '';
