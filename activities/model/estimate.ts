import type { ChunkBody } from '../../contracts/chunks.ts';
import { costOf, type Price } from '../../contracts/price.ts';
import type { Usage } from '../../contracts/usage.ts';

/** Bytes of UTF-8 in a token: about four letters of English, and a little more than one character of Chinese. */
const bytesPerToken = 4;

const bytesOf = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 4;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 0);
};

/** Tokens of texts, or of a structure that holds them. Its field names and marks count as one token an object. */
export const estimateTokens = (value: unknown): number => Math.ceil(bytesOf(value) / bytesPerToken);

/** The usage of a request whose provider reports none, from what was sent and what came. */
export const estimateUsage = (inputTokens: number, bodies: readonly ChunkBody[], price: Price | undefined): Usage => {
  const tokensOf = (kinds: readonly ChunkBody['kind'][]): number =>
    estimateTokens(
      bodies
        .filter(({ kind }) => kinds.includes(kind))
        .map((body) => (body.kind === 'tool_call' ? [body.tool, body.arguments] : 'text' in body ? body.text : '')),
    );
  const reasoning = tokensOf(['thinking']);
  const counted = {
    input: inputTokens,
    output: tokensOf(['text', 'tool_call']) + reasoning,
    cacheRead: 0,
    cacheWrite: 0,
  };
  return { ...counted, reasoning, cost: price ? costOf(counted, price) : null, isEstimated: true };
};

/**
 * What a request used: as the provider reports it, with the cost by the price that holds now, or an estimate. Zero tokens
 * for a prompt is how some say that they do not count; what they say of the reply may be right.
 */
export const countUsage = (
  reported: Usage | null,
  { inputTokens, bodies, price }: { inputTokens: number; bodies: readonly ChunkBody[]; price?: Price | undefined },
): Usage => {
  const isCounted = reported !== null && reported.input > 0;
  if (!isCounted) {
    const estimate = estimateUsage(inputTokens, bodies, price);
    if (!reported || reported.output === 0) return estimate;
    const { output, reasoning } = reported;
    const counted = { ...estimate, output, reasoning };
    return { ...counted, cost: price ? costOf(counted, price) : null };
  }
  return price ? { ...reported, cost: costOf(reported, price) } : reported;
};
