import { z } from 'zod';

/** The result of an agent that a run with `reuse` may use without paying for it again. */
export const KeptResult = z.object({
  run: z.string(),
  /** The id of the call: `GET /api/runs/:run/steps/:call` has the whole of it. */
  call: z.string(),
  script: z.string(),
  label: z.string().nullable(),
  ordinal: z.int().nonnegative().nullable(),
  model: z.string().nullable(),
  /** How its prompt begins. */
  prompt: z.string(),
  tokens: z.number().nonnegative(),
  /** US dollars; null without a price. */
  cost: z.number().nonnegative().nullable(),
  endedAt: z.iso.datetime(),
});
export type KeptResult = z.infer<typeof KeptResult>;

const filter = {
  /** Of runs of this script. */
  script: z.string().optional(),
  /** Those that are older, such as `7d`. */
  olderThan: z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'a number with ms, s, m, h or d, such as 7d')
    .optional(),
};

export const ResultQuery = z.object({
  ...filter,
  cursor: z.string().optional().describe('The `nextCursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many entries a page has at most.'),
});
export type ResultQuery = z.output<typeof ResultQuery>;

export const ClearResults = z.object(filter);
export type ClearResults = z.output<typeof ClearResults>;

export const ResultPage = z.object({ results: z.array(KeptResult), nextCursor: z.string().nullable() });
export type ResultPage = z.infer<typeof ResultPage>;

export const ClearedResults = z.object({ cleared: z.int().nonnegative() });

export type ResultFilter = {
  script?: string | undefined;
  olderThanMs?: number | undefined;
  limit: number;
  before?: { endedAt: string; key: string } | undefined;
};
