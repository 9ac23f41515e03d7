/**
 * The abort signal of one request: it fires when the caller's does, or after `timeoutMs` without a byte, headers
 * included. One timer and one controller for the whole request, however many chunks arrive.
 */
export const startIdleWatch = (caller: AbortSignal, timeoutMs: number) => {
  const controller = new AbortController();
  let isSilent = false;
  const timer = setTimeout(() => {
    isSilent = true;
    controller.abort();
  }, timeoutMs);
  const abort = (): void => controller.abort(caller.reason);
  caller.addEventListener('abort', abort, { once: true });
  if (caller.aborted) abort();

  return {
    signal: controller.signal,
    /** Call for every piece of bytes. Comments that keep a connection alive count: they are bytes too. */
    heard: (): void => {
      timer.refresh();
    },
    /** Whether the request was given up because nothing came. */
    hasTimedOut: (): boolean => isSilent,
    stop: (): void => {
      clearTimeout(timer);
      caller.removeEventListener('abort', abort);
    },
  };
};
