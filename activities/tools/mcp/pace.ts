import { serverLimits } from './limits.ts';

const windowMs = 1000;

/** `pauseMs`: for how long nothing more is read. `floods`: it never stops. */
export type Verdict = { pauseMs: number } | 'floods';

/** Holds a server to what it may send within a second. */
export const createPace = (now: () => number = () => performance.now()) => {
  let start = now();
  let bytes = 0;
  let messages = 0;
  let full = 0;

  const roll = (at: number): void => {
    if (at - start < windowMs) return;
    const wasFull = bytes >= serverLimits.bytesInSecond || messages >= serverLimits.messagesInSecond;
    full = wasFull && at - start < 2 * windowMs ? full + 1 : 0;
    start = at;
    bytes = 0;
    messages = 0;
  };

  return {
    took(moreBytes: number, moreMessages: number): Verdict {
      const at = now();
      roll(at);
      bytes += moreBytes;
      messages += moreMessages;
      if (bytes < serverLimits.bytesInSecond && messages < serverLimits.messagesInSecond) return { pauseMs: 0 };
      if (full + 1 >= serverLimits.fullSeconds) return 'floods';
      return { pauseMs: Math.max(1, start + windowMs - at) };
    },
  };
};

export const floodWords = `it sent more than ${serverLimits.messagesInSecond} messages or ${serverLimits.bytesInSecond / 1_000_000} MB in every one of ${serverLimits.fullSeconds} seconds`;
