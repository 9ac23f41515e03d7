/** Does something again and again, never twice at a time. `round` does not reject. */
export const startRounds = (ms: number, round: () => Promise<void>) => {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined;
    });
  }, ms);
  return {
    /** Resolves when the round that runs has ended. */
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
};
