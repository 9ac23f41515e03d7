import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds since 1970, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();

/** Looks until the condition gives something. Throws what it waited for when that does not come in time. */
export const until = async <Result>(
  what: string,
  look: () => Promise<Result | undefined | null | false> | Result | undefined | null | false,
  limitMs = 90_000,
): Promise<Result> => {
  const deadline = now() + limitMs;
  for (;;) {
    const result = await look();
    if (result) return result;
    if (now() > deadline) throw new Error(`${what} did not happen within ${limitMs / 1000} s`);
    await delay(5);
  }
};
