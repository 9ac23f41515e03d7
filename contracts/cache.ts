import { z } from 'zod';

/** Tokens of a part of a prompt: what a cache of the provider served, and what was read again. */
const CacheTokens = z.object({ hit: z.int().nonnegative(), miss: z.int().nonnegative() });

/**
 * A prompt in the order in which providers read it. The parts are as long as their share of the bytes that were sent says;
 * together they are what the provider reported.
 */
export const Segments = z.object({ tools: CacheTokens, system: CacheTokens, conversation: CacheTokens });
export type Segments = z.infer<typeof Segments>;

export const segmentNames = ['tools', 'system', 'conversation'] as const;

/** Of all answered requests whose usage was reported. */
export const CacheTotals = z.object({
  session: Segments,
  /** Of the turns on this page. */
  turns: z.array(z.object({ turn: z.int().positive(), segments: Segments })),
});
export type CacheTotals = z.infer<typeof CacheTotals>;

const nothing = { hit: 0, miss: 0 };
export const noSegments: Segments = { tools: nothing, system: nothing, conversation: nothing };
