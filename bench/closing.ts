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
  return {
    add: (step: () => Promise<unknown>): void => void steps.push(step),
    close,
  };
};
export type Closing = ReturnType<typeof createClosing>;
