import { type Target, targets } from '../support/stack.ts';
import { requestsBeforeApproval } from './flow.ts';

export type Moment = {
  target: Target;
  /** After so many distinct requests of the run… */
  requests: number;
  /** …and so many milliseconds, at the earliest when the kill before is done. */
  afterMs: number;
  /** The answer to the approval is given when all moments before it are over. */
  isBeforeAnswer: boolean;
};

/** Parts of the kills: while agents research, then until the approval is answered, then to the end. */
const work = 0.75;
const beforeAnswer = 0.9;

const shuffled = (random: () => number): Target[] =>
  targets
    .map((target) => ({ target, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ target }) => target);

/**
 * Each process in turn, in rounds of a random order: the supervisor dies once in each, so no process dies five times
 * under one supervisor, which would be the end of the stack. The moments are spread over the run, random within their
 * parts of it.
 */
export const momentsOf = (random: () => number, count: number): Moment[] => {
  const order = Array.from({ length: Math.ceil(count / targets.length) }, () => shuffled(random)).flat();
  return order.slice(0, count).map((target, place): Moment => {
    const at = (place + random()) / count;
    const isBeforeAnswer = at < beforeAnswer;
    if (at < work) {
      const requests = Math.floor((at / work) * requestsBeforeApproval);
      return { target, requests, afterMs: Math.round(random() * 600), isBeforeAnswer };
    }
    const requests = isBeforeAnswer ? requestsBeforeApproval : requestsBeforeApproval + 1;
    return { target, requests, afterMs: Math.round(random() * (isBeforeAnswer ? 1_500 : 500)), isBeforeAnswer };
  });
};
