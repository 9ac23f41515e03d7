import type { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';

/** Reads what a script asked for. Throws `bad_request` that names the call, the field and what is expected. */
export const readOptions = <Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> => {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'the options'}: ${message}`);
  throw new EverturnError('bad_request', `Cannot take the options of ${what}: ${faults.join('; ')}`);
};
