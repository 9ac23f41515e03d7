export type BackoffPolicy = {
  firstMs: number;
  /** Each wait is so many times the one before. */
  growth: number;
  maxMs: number;
  /** A process that lived this long starts again from `firstMs`. */
  healthyMs: number;
  /** The end of a process that lived longer is not a failure: it was of use, and will be again. */
  briefMs: number;
  /** So many failures within `windowMs` are the end. */
  limit: number;
  windowMs: number;
};

/** One death is mended at once; one that repeats itself gets a moment to pass. */
export const defaultBackoff: BackoffPolicy = {
  firstMs: 10,
  growth: 5,
  maxMs: 5_000,
  healthyMs: 30_000,
  briefMs: 10_000,
  limit: 5,
  windowMs: 60_000,
};

/** How long to wait after each end of a process; null when it is the last one. Times in milliseconds of one clock. */
export const createBackoff = (policy: BackoffPolicy) => {
  let failures: number[] = [];
  let waitMs = policy.firstMs;
  return {
    failed: (now: number, livedMs: number): number | null => {
      if (livedMs >= policy.healthyMs) waitMs = policy.firstMs;
      failures = failures.filter((at) => now - at < policy.windowMs);
      if (livedMs < policy.briefMs) failures.push(now);
      if (failures.length >= policy.limit) return null;
      const wait = waitMs;
      waitMs = Math.min(waitMs * policy.growth, policy.maxMs);
      return wait;
    },
  };
};
