import type { ZodType } from 'zod';
import { EverturnError } from '../contracts/errors.ts';

/** Throws `internal` that names the place when a value from the server is not what its contract says. */
export const parseAs = <T>(schema: ZodType<T>, value: unknown, source: string): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue ? `${issue.path.join('.') || 'the body'}: ${issue.message}` : 'unknown';
  throw new EverturnError(
    'internal',
    `Cannot read ${source}: it does not fit its contract at ${where}. Reload: client and server may differ in version`,
  );
};

/** As {@link parseAs}, from JSON text. */
export const parseJsonAs = <T>(schema: ZodType<T>, text: string, source: string): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EverturnError('internal', `Cannot read ${source}: it is not JSON`, {
      cause,
      details: { contract: true },
    });
  }
  return parseAs(schema, value, source);
};
