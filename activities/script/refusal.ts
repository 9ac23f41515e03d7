import type { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { isGiven } from '../../contracts/options-given.ts';

/**
 * Reads what a script asked for. Options that the contract does not have are left out: the engine has logged them. Throws
 * `bad_request` that names the call, the field and what is expected.
 */
export const readOptions = <Shape extends z.ZodRawShape>(
  what: string,
  schema: z.ZodObject<Shape, z.core.$strict>,
  value: Record<string, unknown>,
): z.output<typeof schema> => {
  const known = Object.fromEntries(
    Object.entries(value).filter(([key, given]) => Object.hasOwn(schema.shape, key) && isGiven(key, given)),
  );
  const read = schema.safeParse(known);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the options'}: ${message}`);
  throw new EverturnError('bad_request', `Cannot use the options of ${what}: ${faults.join('; ')}`);
};
