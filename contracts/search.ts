import { z } from 'zod';

export const SearchQuery = z.object({
  q: z
    .string()
    .min(1)
    .max(500)
    .describe(
      'Words that must all be there, "phrases", `or`, and `-` before what must not be. The last word may be unfinished.',
    ),
  limit: z.coerce.number().int().min(1).max(50).default(20).describe('How many entries a page has at most.'),
  archived: z.enum(['true', 'false']).default('false').describe('`true`: archived sessions too.'),
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

export const SearchResults = z.object({
  results: z.array(SearchResult),
  isComplete: z
    .boolean()
    .describe('`false`: the search took too long and stopped before the oldest turns. Newer matches are all there.'),
});
export type SearchResults = z.infer<typeof SearchResults>;

export const nothingFound: SearchResults = { results: [], isComplete: true };
