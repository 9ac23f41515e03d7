import { now } from '../clock.ts';

const tickMs = 5;

/**
 * Resolves at a time of the bench's clock, in step with a tick of 5 ms. One timer serves all streams, because the model
 * shares the machine with what is measured; absolute times keep its speed where a tick is late.
 */
export const createPace = (): ((time: number) => Promise<void>) => {
  const slots = new Map<number, (() => void)[]>();
  let next = 0;
  let timer: NodeJS.Timeout | undefined;

  const tick = (): void => {
    const current = Math.floor(now() / tickMs);
    for (; next <= current; next += 1) {
      for (const resolve of slots.get(next) ?? []) resolve();
      slots.delete(next);
    }
    if (slots.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const start = (): void => {
    next = Math.floor(now() / tickMs);
    timer = setInterval(tick, tickMs);
  };

  return (time) => {
    if (time <= now()) return Promise.resolve();
    if (!timer) start();
    const slot = Math.max(next, Math.ceil(time / tickMs));
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = slots.get(slot);
    if (waiting) waiting.push(resolve);
    else slots.set(slot, [resolve]);
    return promise;
  };
};
