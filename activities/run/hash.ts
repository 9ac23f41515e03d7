import { createHash } from 'node:crypto';
import { canonical } from '../../contracts/canonical.ts';

/** SHA-256 (hex) of a JSON value. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
