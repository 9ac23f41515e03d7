import { submitResultName } from '../../../contracts/tools.ts';
import type { PastCall, PastStep } from './past.ts';
import { type Guard, say, stop } from './verdict.ts';

/** Ends the turn at this multiple of the number that warns the model: for equal failures, and for any. */
const patience = { equal: 2, any: 4 };

type Failures = { call: PastCall | null; equal: number; all: number; tellings: number; isTold: boolean };

const none: Failures = { call: null, equal: 0, all: 0, tellings: 0, isTold: false };

const isEqual = (a: PastCall | null, b: PastCall): boolean =>
  a?.result?.tool === b.result?.tool && a?.result?.text === b.result?.text;

/** Calls at the end of the turn that failed, one after another. One that succeeds clears them. */
const failuresOf = (steps: readonly PastStep[]): Failures => {
  let found = none;
  for (const { said, calls } of steps) {
    if (said.includes('failures_repeated')) found = { ...found, isTold: true, tellings: found.tellings + 1 };
    for (const call of calls) {
      if (call.result?.status === 'ok') found = none;
      if (call.result?.status !== 'error' || call.body.tool === submitResultName) continue;
      const isSame = isEqual(found.call, call);
      found = {
        call,
        equal: isSame ? found.equal + 1 : 1,
        all: found.all + 1,
        tellings: found.tellings,
        isTold: isSame && found.isTold,
      };
    }
  }
  return found;
};

/** Failures in a row: the model is warned, warned again after as many more, then stopped. */
export const failures: Guard = (steps, { equalFailures, failuresInRow }) => {
  const { call, equal, all, tellings, isTold } = failuresOf(steps);
  if (!call) return null;
  const { tool } = call.body;
  if (equal >= equalFailures * patience.equal) {
    const text = `Stopped: ${tool} failed ${equal} times in a row in the same way. Tell the model what to do instead, or raise limits.equalFailures (${equalFailures}) in everturn.yaml`;
    return stop('failures_repeated', text);
  }
  if (all >= failuresInRow * patience.any) {
    const text = `Stopped: the last ${all} calls failed, the last one of ${tool}. Tell the model what to do instead, or raise limits.failuresInRow (${failuresInRow}) in everturn.yaml`;
    return stop('failures_repeated', text);
  }
  if (equal >= equalFailures && !isTold) {
    const text = `${tool} has failed ${equal} times in a row in the same way. Read what it says, and do something else: other arguments, another tool, or say what stops you.`;
    return say('failures_repeated', text);
  }
  if (all >= failuresInRow * (tellings + 1)) {
    const text = `Your last ${all} calls have failed. Stop and read what they say before you call another tool; look at what is there before you assume it.`;
    return say('failures_repeated', text);
  }
  return null;
};
