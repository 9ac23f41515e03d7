import type { DeltaPart } from '../../contracts/events.ts';
import type { ReplyLimits } from '../../contracts/reply-limits.ts';
import { ReplyTooLong } from './failures.ts';

/** A provider may wrap each token in so many times its bytes. What is beyond says nothing. */
const wrapping = 16;

/** Measures a reply while it comes. Its functions throw `ReplyTooLong` at the first limit that is passed. */
export const createMeter = ({ replyBytes, replyLineBytes }: Omit<ReplyLimits, 'replyMinutes'>) => {
  let received = 0;
  let pending = 0;
  let content = 0;
  return {
    /** Text as it came, and the events that it completed. */
    wire(text: string, completed: readonly { data: string }[]): void {
      const bytes = Buffer.byteLength(text);
      received += bytes;
      pending = completed.length > 0 ? 0 : pending + bytes;
      if (pending > replyLineBytes || completed.some(({ data }) => Buffer.byteLength(data) > replyLineBytes)) {
        throw new ReplyTooLong(`one line of the reply is longer than limits.replyLineBytes (${replyLineBytes})`);
      }
      if (received > replyBytes * wrapping) {
        throw new ReplyTooLong(`the stream is longer than ${wrapping} times limits.replyBytes (${replyBytes})`);
      }
    },
    parts(parts: readonly DeltaPart[]): void {
      for (const { text, tool = '' } of parts) content += Buffer.byteLength(text) + Buffer.byteLength(tool);
      if (content > replyBytes) throw new ReplyTooLong(`the reply is longer than limits.replyBytes (${replyBytes})`);
    },
  };
};

export type Meter = ReturnType<typeof createMeter>;
