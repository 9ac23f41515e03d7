import { setTimeout as delay } from 'node:timers/promises';
import { type Target, targets } from '../support/stack.ts';
import { anyTimes, type Plan, type Scene, wordsUpTo } from './plan.ts';
import { commandCall } from './runs.ts';

const text = wordsUpTo(80);
/** A little longer than the turn, so that some kills come after its end. */
const turnMs = 2_200;

/** Longest time until one more is killed, while the stack comes back. */
const againMs = 1_500;

/** Nothing is held: the kill comes whenever it comes. Sometimes two processes go at once, sometimes one more soon after. */
export const atRandomMoment = (random: () => number, among: readonly Target[]): Plan => {
  const pick = (): Target => among[Math.floor(random() * among.length)] ?? 'worker';
  const first = pick();
  const second = random() < 0.25 ? pick() : first;
  const killed = targets.filter((target) => target === first || target === second);
  const afterMs = Math.round(random() * turnMs);
  const third = pick();
  const laterMs = Math.round(random() * againMs);
  // A start that is cut off in the middle ends with an error for its user, as it should.
  const isAgain = random() < 0.4 && third !== 'supervisor' && !killed.includes('supervisor');
  return {
    killed,
    moment: `${afterMs} ms (once)${isAgain ? `, ${third} ${laterMs} ms later` : ''}`,
    text,
    script: () => [
      { times: anyTimes, reply: { text: '', toolCalls: [commandCall(0.5)], chunkDelayMs: 60 } },
      { times: anyTimes, reply: { text, chunkDelayMs: 12 } },
    ],
    moved: () => delay(afterMs),
    ...(isAgain
      ? {
          afterKill: async ({ stack }: Scene) => {
            await delay(laterMs);
            if (stack.isRunning(third)) await stack.kill(third);
          },
        }
      : {}),
    results: ['ok', 'interrupted'],
  };
};
