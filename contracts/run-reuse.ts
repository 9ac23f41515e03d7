import { toMs } from './duration.ts';
import type { Reuse } from './script.ts';

/** Of which age results of other runs are used: `ttlMs` at most, null: any. */
export type RunReuse = { ttlMs: number | null };

/** Undefined: none are used. */
export const runReuse = (reuse: Reuse): RunReuse | undefined => {
  if (typeof reuse !== 'boolean') return { ttlMs: toMs(reuse.ttl) };
  return reuse ? { ttlMs: null } : undefined;
};
