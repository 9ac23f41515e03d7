import { ReplyTooLong } from './failures.ts';

type Limits = {
  /** Milliseconds without a byte. */
  timeoutMs: number;
  /** Minutes in all. */
  replyMinutes: number;
};

/**
 * The abort signal of one request: it fires when the caller's does, after a silence, headers included, or when the whole
 * takes too long. Two timers and one controller for the request, however many chunks arrive.
 */
export const startIdleWatch = (caller: AbortSignal, { timeoutMs, replyMinutes }: Limits) => {
  const controller = new AbortController();
  let isSilent = false;
  let isEndless = false;
  const silence = setTimeout(() => {
    isSilent = true;
    controller.abort();
  }, timeoutMs);
  const end = setTimeout(() => {
    isEndless = true;
    controller.abort();
  }, replyMinutes * 60_000);
  const abort = (): void => controller.abort(caller.reason);
  caller.addEventListener('abort', abort, { once: true });
  if (caller.aborted) abort();

  return {
    signal: controller.signal,
    /** Call for every piece of bytes. Comments that keep a connection alive count: they are bytes too. */
    heard: (): void => {
      silence.refresh();
    },
    /** Whether the request was given up because nothing came. */
    hasTimedOut: (): boolean => isSilent,
    /** Why the request was given up, if its length in time was the reason. */
    tooLong: (): ReplyTooLong | null =>
      isEndless ? new ReplyTooLong(`the reply took longer than limits.replyMinutes (${replyMinutes})`) : null,
    stop: (): void => {
      clearTimeout(silence);
      clearTimeout(end);
      caller.removeEventListener('abort', abort);
    },
  };
};
