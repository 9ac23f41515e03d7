import { maxTimerMs } from '../../contracts/config/models.ts';
import { ReplyTooLong } from './failures.ts';

type Limits = {
  /** Milliseconds without a byte. */
  timeoutMs: number;
  /** Milliseconds without any part of the reply. Default: five times `timeoutMs`. */
  contentTimeoutMs?: number | undefined;
  /** Minutes in all. */
  replyMinutes: number;
};

/** A connection may be kept alive while a model thinks without a word. */
const patience = 5;

const capped = (ms: number): number => Math.min(ms, maxTimerMs);

/**
 * The abort signal of one request: it fires when the caller's does, after a silence, headers included, after a time in
 * which bytes came but nothing of a reply, or when the whole takes too long. Three timers and one controller for the
 * request, however many chunks arrive.
 */
export const startIdleWatch = (caller: AbortSignal, { timeoutMs, contentTimeoutMs, replyMinutes }: Limits) => {
  const controller = new AbortController();
  let reason: 'silent' | 'empty' | 'endless' | null = null;
  const startTimer = (name: NonNullable<typeof reason>, ms: number) =>
    setTimeout(() => {
      reason ??= name;
      controller.abort();
    }, capped(ms));
  const contentMs = contentTimeoutMs ?? timeoutMs * patience;
  const silence = startTimer('silent', timeoutMs);
  const content = startTimer('empty', contentMs);
  const end = startTimer('endless', replyMinutes * 60_000);
  const abort = (): void => controller.abort(caller.reason);
  caller.addEventListener('abort', abort, { once: true });
  if (caller.aborted) abort();

  return {
    signal: controller.signal,
    /** Call for every piece of bytes. Comments that keep a connection alive count: they are bytes too. */
    heard: (): void => {
      silence.refresh();
    },
    /** Call for every part of the reply. */
    grew: (): void => {
      content.refresh();
    },
    /** Why the request was given up, if it was for what did not come. */
    timedOut: (): string | null => {
      if (reason === 'silent') return `nothing came for ${timeoutMs} ms`;
      return reason === 'empty' ? `nothing of a reply came for ${contentMs} ms, only signs of life` : null;
    },
    /** Why the request was given up, if its length in time was the reason. */
    tooLong: (): ReplyTooLong | null =>
      reason === 'endless'
        ? new ReplyTooLong(`the reply took longer than limits.replyMinutes (${replyMinutes})`)
        : null,
    stop: (): void => {
      clearTimeout(silence);
      clearTimeout(content);
      clearTimeout(end);
      caller.removeEventListener('abort', abort);
    },
  };
};
