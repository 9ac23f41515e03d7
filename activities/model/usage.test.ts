import { describe, expect, it } from 'vitest';
import { joinUsage, normaliseUsage } from './usage.ts';

describe('normaliseUsage', () => {
  it.each([
    [
      'OpenAI',
      {
        prompt_tokens: 1000,
        completion_tokens: 300,
        total_tokens: 1300,
        prompt_tokens_details: { cached_tokens: 768, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 200 },
      },
      { input: 1000, output: 300, cacheRead: 768, cacheWrite: 0, reasoning: 200 },
    ],
    [
      'DeepSeek',
      {
        prompt_tokens: 500,
        completion_tokens: 20,
        total_tokens: 520,
        prompt_cache_hit_tokens: 448,
        prompt_cache_miss_tokens: 52,
      },
      { input: 500, output: 20, cacheRead: 448, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'DeepSeek without a total',
      { completion_tokens: 20, prompt_cache_hit_tokens: 448, prompt_cache_miss_tokens: 52 },
      { input: 500, output: 20, cacheRead: 448, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'Anthropic',
      { input_tokens: 12, output_tokens: 40, cache_read_input_tokens: 900, cache_creation_input_tokens: 88 },
      { input: 1000, output: 40, cacheRead: 900, cacheWrite: 88, reasoning: 0 },
    ],
    [
      'a proxy that adds Anthropic caches to a whole prompt',
      { prompt_tokens: 1000, completion_tokens: 40, cache_read_input_tokens: 900, cache_creation_input_tokens: 88 },
      { input: 1000, output: 40, cacheRead: 900, cacheWrite: 88, reasoning: 0 },
    ],
    [
      'a proxy that leaves the caches out of the prompt',
      { prompt_tokens: 12, completion_tokens: 40, cache_read_input_tokens: 900, cache_creation_input_tokens: 88 },
      { input: 1000, output: 40, cacheRead: 900, cacheWrite: 88, reasoning: 0 },
    ],
    [
      'OpenRouter',
      {
        prompt_tokens: 90,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 30 },
        cost: 0.1,
      },
      { input: 90, output: 5, cacheRead: 10, cacheWrite: 30, reasoning: 0 },
    ],
    [
      'xAI, whose completion leaves reasoning out',
      {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
      { input: 32, output: 103, cacheRead: 0, cacheWrite: 0, reasoning: 94 },
    ],
    [
      'Ollama',
      { prompt_tokens: 26, completion_tokens: 298, total_tokens: 324 },
      { input: 26, output: 298, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      'nonsense',
      { prompt_tokens: -1, completion_tokens: 'x', prompt_tokens_details: null },
      { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
  ])('%s', (_, reported, tokens) => {
    expect(normaliseUsage(reported)).toEqual({ ...tokens, cost: null });
  });

  it.each([null, undefined, 'x', 3])('is null when nothing was reported: %s', (reported) => {
    expect(normaliseUsage(reported)).toBeNull();
  });

  it('joins reports of one reply: later counts stand, and none is added', () => {
    const begun = { input_tokens: 25, cache_read_input_tokens: 1000, output_tokens: 1 };
    const ended = { input_tokens: null, output_tokens: 15 };
    expect(normaliseUsage(joinUsage(joinUsage(null, begun), ended))).toMatchObject({ input: 1025, output: 15 });
    const growing = [1, 2, 3].map((completion_tokens) => ({ prompt_tokens: 9, completion_tokens }));
    expect(normaliseUsage(growing.reduce<unknown>(joinUsage, null))).toMatchObject({ input: 9, output: 3 });
    expect(normaliseUsage(joinUsage(null, 'x'))).toBeNull();
  });

  it('prices each kind of token once, caches at the input price unless they have their own', () => {
    const reported = {
      input_tokens: 100,
      output_tokens: 10,
      cache_read_input_tokens: 200,
      cache_creation_input_tokens: 300,
    };
    const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
    expect(normaliseUsage(reported, price)?.cost).toBeCloseTo((100 * 3 + 200 * 0.3 + 300 * 3.75 + 10 * 15) / 1e6, 12);
    expect(normaliseUsage(reported, { input: 3, output: 15 })?.cost).toBeCloseTo((600 * 3 + 10 * 15) / 1e6, 12);
  });
});
