import type { Logger } from 'pino';

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

/** For work of a round that the next round does again if it fails. */
export const createQuietly =
  (log: Logger) =>
  async (action: string, act: () => Promise<unknown>): Promise<void> => {
    await act().catch((error: unknown) => log.debug({ error }, `${action} again later`));
  };
