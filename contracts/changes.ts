import { z } from 'zod';

/** Which row of the lists has changed; both null: any may have. */
export const ListChange = z.object({ sessionId: z.string().nullable(), runId: z.string().nullable().default(null) });
export type ListChange = z.infer<typeof ListChange>;
