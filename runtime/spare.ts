/** Set in the environment of a process that is started ahead of time. */
export const spareVariable = 'EVERTURN_SPARE';

/**
 * Resolves when this process is needed: at once unless it was started as a spare, otherwise when its parent sends
 * `{ type: 'wanted' }`. Exits with 0 when the parent ends first. Call it before anything that other processes can notice.
 */
export const untilWanted = async (): Promise<void> => {
  if (process.env[spareVariable] === undefined) return;
  delete process.env[spareVariable];
  const leave = () => process.exit(0);
  if (!process.connected) leave();
  process.once('disconnect', leave);
  process.once('SIGTERM', leave);
  await new Promise<void>((resolve) => {
    const listen = (message: unknown) => {
      if ((message as { type?: unknown } | null)?.type !== 'wanted') return;
      process.off('message', listen);
      resolve();
    };
    process.on('message', listen);
  });
  process.off('disconnect', leave);
  process.off('SIGTERM', leave);
};
