import type { Writable } from 'node:stream';

/** Resolves when the viewer has taken enough for more to be sent, or has left. */
export const writeText = async (response: Writable, text: string, signal: AbortSignal): Promise<void> => {
  if (signal.aborted || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
};
