import { setTimeout as delay } from 'node:timers/promises';

/** Looks until the condition gives something; throws what it was waiting for after 90 s, which only a hang takes. */
export const until = async <Result>(
  what: string,
  look: () => Promise<Result | undefined | null | false> | Result | undefined | null | false,
  limitMs = 90_000,
): Promise<Result> => {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const result = await look();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Gave up waiting for ${what} after ${limitMs} ms`);
    await delay(20);
  }
};
