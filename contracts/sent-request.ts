import { z } from 'zod';
import { Chunk, type PlacedChunk } from './chunks.ts';
import { PrefixBreak } from './prefix.ts';
import { plainRules, toRequest, type WireMessage, type WireRules } from './request.ts';

/**
 * How a message differs from what {@link rebuilt} makes of the transcript: it has so many characters of its beginning, this
 * text, and so many of its end. A provider that wants other ids of calls gets the same long result of a tool.
 */
const Patch = z.tuple([z.int().nonnegative(), z.string(), z.int().nonnegative()]);
type Patch = z.infer<typeof Patch>;

/** Half of a character that two units of UTF-16 make; alone, no store keeps it. */
const isHalf = (unit: string | undefined): boolean => unit !== undefined && unit >= '\uDC00' && unit <= '\uDFFF';

export const patchOf = (plain: string, text: string): Patch => {
  const most = Math.min(plain.length, text.length);
  let start = 0;
  while (start < most && plain[start] === text[start]) start += 1;
  if (start > 0 && isHalf(text[start])) start -= 1;
  let end = 0;
  while (end < most - start && plain[plain.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  if (end > 0 && isHalf(text[text.length - end])) end -= 1;
  return [start, text.slice(start, text.length - end), end];
};

export const patched = (plain: string, [start, text, end]: Patch): string =>
  plain.slice(0, start) + text + plain.slice(plain.length - end);

/** What the span of a request keeps of its bytes; all else is made again from the transcript. */
export const SentBytes = z.object({
  /** The body up to its messages, and those of the system prompt; left out where the request before had the same. */
  head: z.string().optional(),
  system: z.array(z.string()).optional(),
  /** Messages that are not what {@link rebuilt} makes of the transcript, by their number after the system prompt; whole
   * where it makes none. Releases before kept all of them whole. */
  others: z.record(z.string(), z.union([z.string(), Patch])).optional(),
});
export type SentBytes = z.infer<typeof SentBytes>;

const rules: WireRules = { ...plainRules, alternates: true };

/** The messages of a request as nearly every provider is sent them, the system prompt apart. */
export const rebuilt = (chunks: readonly PlacedChunk[]): WireMessage[] => toRequest('', chunks, rules);

/** A message of a request. `text` is its JSON; images are named by their hash. */
export const SentMessagePart = z.object({
  role: z.string(),
  text: z.string(),
  /** Whether it has the digest that was recorded when it was sent; null where none was. */
  isProven: z.boolean().nullable(),
});
export type SentMessagePart = z.infer<typeof SentMessagePart>;

/** A model request as the model saw it, made again from the transcript and proven by the hashes that were recorded. */
export const SentRequest = z.object({
  turn: z.int().positive(),
  step: z.int().positive(),
  attempt: z.int().positive(),
  model: z.string(),
  /** JSON of the body up to its messages; null where the release that sent it kept none. */
  head: z.string().nullable(),
  messages: z.array(SentMessagePart),
  /** How many of the first messages are the system prompt. */
  system: z.int().nonnegative(),
  /** Whether the whole has the hash that was recorded; then it is what was sent, byte for byte. */
  isProven: z.boolean(),
  /** Where it is not proven: why. */
  reason: z.string().nullable(),
  /** SHA-256 of the whole, a chain with a link for each message. */
  hash: z.string(),
  break: PrefixBreak.nullable(),
  /** What the model answered, as it is stored; empty where nothing was. */
  reply: z.array(Chunk),
});
export type SentRequest = z.infer<typeof SentRequest>;

export const SentRequestQuery = z.object({
  /** Default: the one that was answered, otherwise the last. */
  attempt: z.coerce.number().int().positive().optional(),
});
