import { z } from 'zod';

export const SearchQuery = z.object({
  /** Words that must all be there, "phrases", `or`, and `-` before what must not be. The last word may be unfinished. */
  q: z.string().min(1).max(500),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  /** Archived sessions too. */
  archived: z.enum(['true', 'false']).default('false'),
});

/** A session with a turn that fits, the best of them. */
export const SearchResult = z.object({
  sessionId: z.string(),
  title: z.string(),
  runId: z.string().nullable(),
  isArchived: z.boolean(),
  turn: z.int().positive(),
  rank: z.number(),
  updatedAt: z.iso.datetime(),
  /** The text around what was found, in pieces. */
  snippet: z.array(z.object({ text: z.string(), isMatch: z.boolean() })),
});
export type SearchResult = z.infer<typeof SearchResult>;

export const SearchResults = z.object({ results: z.array(SearchResult) });
export type SearchResults = z.infer<typeof SearchResults>;
