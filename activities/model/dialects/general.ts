import type { Dialect } from './dialect.ts';

/** Any other provider: what all of them should take. */
export const general: Dialect = { name: 'general', isAt: () => true };
