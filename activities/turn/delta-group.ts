import type { Delta } from '../../store/deltas.ts';
import type { Backlog } from './delta-backlog.ts';

/** What one transaction holds at most: it locks its streams for milliseconds, not longer. */
const maxItems = 64;
export const maxCharacters = 256 * 1024;
/** No batch is cut to fit into a smaller rest than this. */
const leastCharacters = 8 * 1024;

export type Group<Stream> = { stream: Stream; delta: Delta }[];

/** Removes from `ready` what fits into one transaction, in order; the other attempts stay for the next one. */
export const takeGroup = <Stream extends { backlog: Backlog }>(ready: Stream[]): Group<Stream> => {
  const group: Group<Stream> = [];
  let room = maxCharacters;
  while (group.length < maxItems && room >= leastCharacters) {
    const stream = ready.shift();
    if (!stream) break;
    const { delta, size } = stream.backlog.next(room);
    room -= size;
    group.push({ stream, delta });
  }
  return group;
};
