type Stoppable = { stop(): Promise<unknown> };

/** What must be undone at the end, the newest first; also when the bench is interrupted. */
export const createClosing = () => {
  const steps: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      await step().catch((error: unknown) => console.error('The bench could not clean up after itself:', error));
    }
  };
  let closed: Promise<void> | undefined;
  // Once only: what is interrupted fails, and would close again beside.
  const close = (): Promise<void> => {
    closed ??= closeAll();
    return closed;
  };
  const interrupted = (): void => void close().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupted);
  const add = (step: () => Promise<unknown>): void => void steps.push(step);
  return {
    add,
    close,
    /** Stops at the end what starts now, also when the end comes while it starts. Starts nothing after the end. */
    async own<Started extends Stoppable>(start: () => Promise<Started>): Promise<Started> {
      if (closed !== undefined) throw new Error('The bench was interrupted');
      const starting = start();
      add(async () => {
        const started = await starting.catch(() => null);
        await started?.stop();
      });
      return await starting;
    },
  };
};
export type Closing = ReturnType<typeof createClosing>;
