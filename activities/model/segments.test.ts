import { describe, expect, it } from 'vitest';
import type { Segments } from '../../contracts/cache.ts';
import { encode } from './encode.ts';
import { segmentsOf } from './segments.ts';

const encoded = encode({
  fields: { model: 'm' },
  tools: [{ type: 'function', function: { name: 't', description: 'x'.repeat(1000), parameters: {} } }],
  messages: [
    { role: 'system', content: 's'.repeat(1000) },
    { role: 'user', content: 'u'.repeat(2000) },
  ],
});
const of = (input: number, cacheRead: number) =>
  segmentsOf(encoded, { input, cacheRead, output: 1, cacheWrite: 0, reasoning: 0, cost: null });
const sum = (segments: Segments, side: 'hit' | 'miss') =>
  segments.tools[side] + segments.system[side] + segments.conversation[side];

describe('segmentsOf', () => {
  it.each([
    [1000, 0],
    [1000, 100],
    [1000, 300],
    [1001, 999],
    [1000, 1000],
    [7, 3],
    [0, 0],
  ])('divides %i tokens, %i of them from a cache, without losing any', (input, cacheRead) => {
    const segments = of(input, cacheRead);
    expect(sum(segments, 'hit')).toBe(cacheRead);
    expect(sum(segments, 'miss')).toBe(input - cacheRead);
  });

  it('fills tools, then the system prompt, then the conversation', () => {
    expect(of(1000, 100)).toMatchObject({ system: { hit: 0 }, conversation: { hit: 0 } });
    expect(of(1000, 400).tools.miss).toBe(0);
    expect(of(1000, 400).system.hit).toBeGreaterThan(0);
    expect(of(1000, 400).conversation.hit).toBe(0);
    expect(of(1000, 900)).toMatchObject({ tools: { miss: 0 }, system: { miss: 0 } });
  });

  it('counts no more hits than there are tokens', () => {
    expect(sum(of(10, 500), 'hit')).toBe(10);
  });
});
