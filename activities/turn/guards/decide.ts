import type { PlacedChunk, SystemBody } from '../../../contracts/chunks.ts';
import type { TurnLimits } from '../../../contracts/turn-limits.ts';
import { equalCalls } from './equal-calls.ts';
import { failures } from './failures.ts';
import { pastSteps } from './past.ts';
import { refusedResults } from './refused-results.ts';
import { unfinished } from './unfinished.ts';
import { say, stop, type Verdict } from './verdict.ts';

/** What a step does. `isLast`: its reply is the turn's summary, and calls in it do not run. */
export type Move =
  | { kind: 'ask'; say: SystemBody | null; isLast: boolean; offersTools: boolean }
  | { kind: 'stop'; body: Verdict['body'] };

const guards = [refusedResults, unfinished, failures, equalCalls];

const summarise = (most: number): SystemBody =>
  say(
    'step_limit',
    `You have used all ${most} steps of this turn: tools no longer run. Write a summary in words: what is done, what is not, and what comes next.`,
  ).body;

/**
 * Depends only on the transcript. Tools are offered as before when a summary is asked for, so that the prompt's prefix stays; a
 * model that calls one all the same is asked once more, without.
 */
export const decide = (
  { transcript, turn, step }: { transcript: readonly PlacedChunk[]; turn: number; step: number },
  limits: TurnLimits,
): Move => {
  const steps = pastSteps(transcript, turn, step);
  const verdicts = guards.flatMap((guard) => guard(steps, limits) ?? []);
  const stopped = verdicts.find(({ kind }) => kind === 'stop');
  if (stopped) return { kind: 'stop', body: stopped.body };
  const most = limits.stepsPerTurn;
  const beyond = step - most;
  if (beyond <= 0) return { kind: 'ask', say: verdicts[0]?.body ?? null, isLast: false, offersTools: true };
  if (beyond <= 2) return { kind: 'ask', say: summarise(most), isLast: true, offersTools: beyond === 1 };
  const text = `Stopped: the turn used its ${most} steps (limits.stepsPerTurn), and the model wrote no summary. Send "continue" to continue from here`;
  return { kind: 'stop', body: stop('step_limit', text).body };
};
