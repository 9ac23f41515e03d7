import { type Segments, segmentNames } from '../../contracts/cache.ts';
import { unitsOf } from '../../contracts/context/measure.ts';
import type { Usage } from '../../contracts/usage.ts';
import type { Encoded } from './encode.ts';

type Sizes = Record<keyof Segments, number>;

const sizesOf = ({ head, tools, messages, system, images }: Encoded): Sizes => {
  const unitsOfAll = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + unitsOf(text), 0);
  const offered = unitsOf(tools);
  return {
    tools: offered,
    system: unitsOf(head) - offered + unitsOfAll(messages.slice(0, system)),
    conversation: unitsOfAll(messages.slice(system)) + images.reduce((sum, tokens) => sum + tokens, 0),
  };
};

/** The reported prompt by segment: a cache serves the beginning of a prompt, so its hits fill the segments in order. */
export const segmentsOf = (encoded: Encoded, { input, cacheRead }: Usage): Segments => {
  const sizes = sizesOf(encoded);
  const whole = segmentNames.reduce((sum, name) => sum + sizes[name], 0) || 1;
  let until = 0;
  const split = (name: keyof Segments): Segments['tools'] => {
    const from = Math.round((until / whole) * input);
    until += sizes[name];
    const to = Math.round((until / whole) * input);
    const hit = Math.min(Math.max(cacheRead - from, 0), to - from);
    return { hit, miss: to - from - hit };
  };
  return { tools: split('tools'), system: split('system'), conversation: split('conversation') };
};
