/** Waits for a wake-up; one that came while nobody waited counts. */
export const createWaiter = (signal: AbortSignal) => {
  let isAwake = false;
  let resolve: (() => void) | undefined;
  const wake = (): void => {
    isAwake = true;
    resolve?.();
  };
  signal.addEventListener('abort', wake, { once: true });
  return {
    wake,
    /** Resolves at the next wake-up, at the signal's abort, or after `patienceMs`. */
    async wait(patienceMs?: number): Promise<void> {
      if (!isAwake && !signal.aborted) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((done) => {
          resolve = done;
          if (patienceMs !== undefined) timer = setTimeout(done, patienceMs);
        });
        clearTimeout(timer);
      }
      isAwake = false;
    },
  };
};
