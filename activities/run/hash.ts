import { createHash } from 'node:crypto';

/** JSON with sorted keys: equal values give equal text. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  ) ?? 'null';

/** SHA-256 (hex) of a JSON value. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
