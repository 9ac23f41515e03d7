import { z } from 'zod';
import { addUsage, Usage, type UsageTotals } from './usage.ts';

/** The length of a request, noted before it was sent. */
export const NotedLength = z.object({
  messages: z.int().nonnegative(),
  /** Estimated from the characters that are sent. */
  tokens: z.int().nonnegative(),
});
export type NotedLength = z.infer<typeof NotedLength>;

/** What a request was made for. `compaction`, and `sampling` for an MCP server: its reply is not part of the conversation. */
export const requestPurposes = ['reply', 'compaction', 'sampling'] as const;
export type RequestPurpose = (typeof requestPurposes)[number];

/** One request to a model: what was noted before it, and the usage that followed. */
export const UsageBody = z.object({
  kind: z.literal('usage'),
  model: z.string(),
  /** The name of the key in everturn.yaml; null for the built-in model. Rows of earlier releases do not say. */
  key: z.string().nullable().optional(),
  usage: Usage,
  /** Rows of earlier releases do not say. */
  noted: NotedLength.optional(),
  /** Default: `reply`. */
  purpose: z.enum(requestPurposes).optional(),
  /** The epochs of the context that this request is the first to follow. */
  epochs: z.array(z.string()).optional(),
  /** Reports since the row before that belong to no request that was noted. */
  dropped: z.int().positive().optional(),
});
export type UsageBody = z.infer<typeof UsageBody>;

/** What such a reply took is in the sums, but is not the length of the conversation, which the last request shows. */
export const addUsageBody = (totals: UsageTotals, { usage, purpose, dropped = 0 }: UsageBody): UsageTotals => {
  const added = addUsage(totals, usage);
  const last = purpose === 'compaction' || purpose === 'sampling' ? (totals.last ?? added.last) : added.last;
  return { ...added, last, dropped: added.dropped + dropped };
};
