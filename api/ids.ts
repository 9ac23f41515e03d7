import { createHash, randomBytes } from 'node:crypto';

/**
 * The id of what a POST makes: derived from its Idempotency-Key, so that the same request again finds the same row;
 * random without one.
 */
export const idFor = (prefix: string, scope: string, key: string | undefined): string => {
  const bytes =
    key === undefined ? randomBytes(12) : createHash('sha256').update(`${scope}\n${key}`).digest().subarray(0, 12);
  return `${prefix}_${bytes.toString('hex')}`;
};
