/** Waits for a wake-up; one that came before the wait counts. */
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
    /** Resolves at the next wake-up, or at the signal's abort. */
    async wait(): Promise<void> {
      if (!isAwake && !signal.aborted) {
        await new Promise<void>((done) => {
          resolve = done;
        });
      }
      isAwake = false;
    },
  };
};
