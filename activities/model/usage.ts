import { costOf, type Price } from '../../contracts/price.ts';
import type { Usage } from '../../contracts/usage.ts';

type Facts = Record<string, unknown>;

const asFacts = (value: unknown): Facts => (typeof value === 'object' && value !== null ? (value as Facts) : {});

/** The first of the names that is there, as a count; 0 when none is. */
const count = (facts: Facts, ...names: string[]): number => {
  for (const name of names) {
    const value = facts[name];
    if (typeof value === 'number' && Number.isFinite(value)) return Math.max(0, Math.trunc(value));
  }
  return 0;
};

/** `prompt_tokens` is the whole prompt; Anthropic's `input_tokens` is only what no cache served. */
const countInput = (raw: Facts, cacheRead: number, cacheWrite: number): number => {
  const prompt = count(raw, 'prompt_tokens');
  if (prompt >= cacheRead + cacheWrite && prompt > 0) return prompt;
  const missed = prompt || count(raw, 'input_tokens', 'prompt_cache_miss_tokens');
  return missed + cacheRead + cacheWrite;
};

/** `completion_tokens` includes reasoning, except where the total shows that it is beside it (xAI, Gemini). */
const countOutput = (raw: Facts, input: number, reasoning: number): number => {
  const completion = count(raw, 'completion_tokens', 'output_tokens');
  const isBeside =
    reasoning > completion || (reasoning > 0 && count(raw, 'total_tokens') === input + completion + reasoning);
  return isBeside ? completion + reasoning : completion;
};

/** Counts are of the reply so far: later ones replace earlier ones, and fields they omit keep their value (Anthropic's events). */
export const joinUsage = (before: unknown, later: unknown): unknown => {
  if (typeof later !== 'object') return before;
  const said = Object.entries(asFacts(later)).filter(([, value]) => value !== null && value !== undefined);
  return { ...asFacts(before), ...Object.fromEntries(said) };
};

/** What OpenRouter says that the request cost, in US dollars: its own share, and what its provider took. */
export const reportedCost = (reported: unknown): number | null => {
  const { cost, cost_details } = asFacts(reported);
  const { upstream_inference_cost: upstream } = asFacts(cost_details);
  const sum = (typeof cost === 'number' ? cost : Number.NaN) + (typeof upstream === 'number' ? upstream : 0);
  return Number.isFinite(sum) && sum >= 0 ? sum : null;
};

/** A provider's usage in our terms; null when it reported none. */
export const normaliseUsage = (reported: unknown, price?: Price): Usage | null => {
  if (typeof reported !== 'object' || reported === null) return null;
  const raw = asFacts(reported);
  const details = asFacts(raw.prompt_tokens_details ?? raw.input_tokens_details);
  const cacheRead =
    count(details, 'cached_tokens') ||
    count(raw, 'prompt_cache_hit_tokens', 'cache_read_input_tokens', 'cached_tokens');
  const cacheWrite =
    count(raw, 'cache_creation_input_tokens') || count(details, 'cache_write_tokens', 'cache_creation_tokens');
  const input = countInput(raw, cacheRead, cacheWrite);
  const reasoning = count(asFacts(raw.completion_tokens_details ?? raw.output_tokens_details), 'reasoning_tokens');
  const tokens = { input, output: countOutput(raw, input, reasoning), cacheRead, cacheWrite, reasoning };
  return { ...tokens, cost: price ? costOf(tokens, price) : null };
};
