import { type Moment, never, now, since } from './clock.ts';

/**
 * Milliseconds from a confirmed beat for which a worker may count on its work. Others take its work after a silence of
 * 5 s (`store/workers.ts`), so it stops by its own clock before.
 */
export const leaseMs = 4000;

/** A worker's right to its work, and what it is working on. One for each process. */
export type Lease = {
  /** Beats. False when others have taken the work. Rejects while Postgres does not answer. */
  renew(): Promise<boolean>;
  isFresh(): boolean;
  /** Whether the work is still this worker's: beats first where the last confirmed beat is too old. */
  held(): Promise<boolean>;
  /** `lost` is called when others have taken the work. Returns the end of listening. */
  onLost(lost: () => void): () => void;
  /**
   * Resolves when no other attempt of the operation runs in this process: a running one is stopped. Returns
   * what to call at the end.
   */
  enter(operation: string, stop: () => void): Promise<() => void>;
};

type Running = { stop(): void; ended: Promise<void> };

const createEntrance = (): Lease['enter'] => {
  const running = new Map<string, Running>();
  return async (operation, stop) => {
    for (let other = running.get(operation); other; other = running.get(operation)) {
      other.stop();
      await other.ended;
    }
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const own = { stop, ended };
    running.set(operation, own);
    return () => {
      running.delete(operation);
      resolve();
    };
  };
};

export const createLease = (beat: () => Promise<boolean>): Lease => {
  const listeners = new Set<() => void>();
  let confirmed: Moment = never;
  let renewing: Promise<boolean> | undefined;

  const beatOnce = async (): Promise<boolean> => {
    // Before the beat is sent: the answer may be read after a pause.
    const sent = now();
    const isOurs = await beat();
    confirmed = isOurs ? sent : never;
    if (!isOurs) for (const lost of [...listeners]) lost();
    return isOurs;
  };
  const renew = (): Promise<boolean> => {
    renewing ??= beatOnce().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const isFresh = (): boolean => since(confirmed) < leaseMs;

  return {
    renew,
    isFresh,
    async held() {
      while (!isFresh()) if (!(await renew())) return false;
      return true;
    },
    onLost(lost) {
      listeners.add(lost);
      return () => void listeners.delete(lost);
    },
    enter: createEntrance(),
  };
};
