import type { SessionEvent } from '../../contracts/events.ts';
import { now } from '../clock.ts';

type Reply = { fence: number; streamed: string; sealed: string };
export type Tokens = { received: number; streamed: number; firstTokenMs: number | null };

/** How many tokens of the plan's reply a text holds, from the first one on without a gap. */
export const countTokens = (text: string): number => {
  const [first] = /^sent=\S+ /.exec(text) ?? [];
  if (first === undefined) return 0;
  let [count, at] = [1, first.length];
  for (let word = `word ${count} `; text.startsWith(word, at); word = `word ${count} `) {
    at += word.length;
    count += 1;
  }
  return count;
};

/**
 * What a reader of the event stream gets of one turn's reply. A reader that is slow may find the last tokens in the
 * finished step in place of deltas; both count as received, only deltas as streamed.
 */
export const createTokenReader = () => {
  const replies = new Map<number, Reply>();
  let firstTokenMs: number | null = null;

  const replyOf = (step: number): Reply => {
    const reply = replies.get(step) ?? { fence: 0, streamed: '', sealed: '' };
    replies.set(step, reply);
    return reply;
  };

  return {
    onEvent(event: SessionEvent): void {
      if (event.type === 'delta') {
        const reply = replyOf(event.step);
        if (event.fence < reply.fence) return;
        if (event.fence > reply.fence) Object.assign(reply, { fence: event.fence, streamed: '' });
        const text = event.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
        const [, sentAt] = (reply.streamed === '' && /^sent=([\d.]+) /.exec(text)) || [];
        if (sentAt !== undefined) firstTokenMs ??= now() - Number(sentAt);
        reply.streamed += text;
      } else if (event.type === 'step.sealed') {
        const texts = event.chunks.map(({ body }) => (body.kind === 'text' ? body.text : ''));
        replyOf(event.step).sealed = texts.join('');
      }
    },

    /** Of the turn that has settled; the next one begins with nothing. */
    take(): Tokens {
      const counts = [...replies.values()].map(({ streamed, sealed }) => ({
        streamed: countTokens(streamed),
        received: Math.max(countTokens(streamed), countTokens(sealed)),
      }));
      const tokens = {
        received: Math.max(0, ...counts.map(({ received }) => received)),
        streamed: Math.max(0, ...counts.map(({ streamed }) => streamed)),
        firstTokenMs,
      };
      replies.clear();
      firstTokenMs = null;
      return tokens;
    },
  };
};
