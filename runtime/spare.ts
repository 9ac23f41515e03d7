/** Set in the environment of a process that is started before anybody needs it. */
export const spareVariable = 'EVERTURN_SPARE';

/**
 * Resolves when this process is wanted: at once unless it is a spare one, else when its parent sends
 * `{ type: 'wanted' }`. Exits with 0 when the parent ends before. Called first of all, when the modules are loaded.
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
