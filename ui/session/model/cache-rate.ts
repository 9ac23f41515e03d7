import { type Segments, segmentNames } from '../../../contracts/cache.ts';

/** How much of a prompt a cache served. Each class has a colour and a sign. */
export const rateClasses = [
  { name: 'high', least: 60, sign: '▲', words: '60 % and more' },
  { name: 'middle', least: 30, sign: '◆', words: '30 to 59 %' },
  { name: 'low', least: 0, sign: '▼', words: 'under 30 %' },
] as const;
export type RateClass = (typeof rateClasses)[number];

/** In whole per cent; null where nothing was sent. */
export const rateOf = ({ input, cacheRead }: { input: number; cacheRead: number }): number | null =>
  input > 0 ? Math.floor((cacheRead / input) * 100) : null;

export const rateClass = (rate: number): RateClass =>
  rateClasses.find(({ least }) => rate >= least) ?? rateClasses[rateClasses.length - 1] ?? rateClasses[2];

export type ShapePart = { segment: (typeof segmentNames)[number]; isHit: boolean; tokens: number; share: number };

/** A prompt from its beginning to its end, as shares of the whole. Parts without tokens are left out. */
export const shapeOf = (segments: Segments, whole = totalOf(segments)): ShapePart[] =>
  segmentNames.flatMap((segment) =>
    ([true, false] as const).flatMap((isHit): ShapePart[] => {
      const tokens = segments[segment][isHit ? 'hit' : 'miss'];
      return tokens > 0 ? [{ segment, isHit, tokens, share: whole > 0 ? tokens / whole : 0 }] : [];
    }),
  );

export const totalOf = (segments: Segments): number =>
  segmentNames.reduce((sum, name) => sum + segments[name].hit + segments[name].miss, 0);

export const segmentWords = { tools: 'tools', system: 'system prompt', conversation: 'conversation' } as const;
