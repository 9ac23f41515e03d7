import { z } from 'zod';

export const SessionParams = z.object({ id: z.string().min(1).max(100) });

export const IdempotencyHeader = z.object({
  /** The same key and body again give the same result and take effect once. */
  'idempotency-key': z.string().min(1).max(200).optional(),
});
