import type { PastStep } from './past.ts';
import { type Guard, say, stop } from './verdict.ts';

const codes = ['model_reply_cut', 'model_reply_empty'] as const;
type Unfinished = (typeof codes)[number];

const endOf = ({ noted }: PastStep): Unfinished | undefined => codes.find((code) => noted.includes(code));

const goOn =
  'Your reply was cut off because it had reached the limit of its tokens. Continue exactly where it stops, without repeating or commenting anything.';
const shorter = 'Your reply was cut off before you had written any of it. Think less and answer briefly.';
const again = 'Your reply was empty. Answer, or call a tool; if the work is done, say what the result is.';

const words = { model_reply_cut: 'cut off', model_reply_empty: 'empty' };

/** Replies that were cut off or empty: the model is asked to continue, a few times. */
export const unfinished: Guard = (steps, { continuations }) => {
  const last = steps.at(-1);
  const code = last && endOf(last);
  if (!last || !code) return null;
  const count = steps.length - 1 - steps.findLastIndex((step) => endOf(step) === undefined);
  if (count > continuations) {
    const text = `Stopped: ${count === 1 ? 'the reply was' : `the last ${count} replies were`} ${words[code]} (limits.continuations: ${continuations}). Ask for less, or raise maxTokens of the model in everturn.yaml`;
    return stop(code, text);
  }
  // The result of the incomplete call informs the model.
  if (last.calls.length > 0) return null;
  if (code === 'model_reply_empty') return say(code, again, 'notice');
  return say(code, last.hasText ? goOn : shorter, 'notice');
};
