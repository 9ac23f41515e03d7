import { setTimeout as delay } from 'node:timers/promises';
import { vi } from 'vitest';

/** Only a hang takes so long: a machine that also does something else takes several times as long as a quiet one. */
const patienceMs = 120_000;

/** Looks until the condition gives something; throws what it was waiting for after 2 min. */
export const until = async <Result>(
  what: string,
  look: () => Promise<Result | undefined | null | false> | Result | undefined | null | false,
  limitMs = patienceMs,
): Promise<Result> => {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const result = await look();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Gave up waiting for ${what} after ${limitMs} ms`);
    await delay(20);
  }
};

/** Looks until it throws nothing; throws what it threw last after 2 min. */
export const eventually = <Result>(look: () => Promise<Result> | Result): Promise<Result> =>
  vi.waitFor(look, { timeout: patienceMs, interval: 20 });
