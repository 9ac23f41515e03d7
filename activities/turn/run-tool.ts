import type { RunToolInput, RunToolResult } from '../../contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { createRunCall } from './run-call.ts';
import { endOf } from './turn-end.ts';

/** A tool call as an activity of its own: one that writes, asks a user, or may take its time. */
export const createRunTool = (dependencies: Dependencies) => {
  const runCall = createRunCall(dependencies);
  return async ({ sessionId, turn, step, call }: RunToolInput): Promise<RunToolResult> => {
    const outcome = await runCall({ sessionId, turn, step, call });
    if (outcome.outcome === 'cancelled') return { finished: false };
    const { finished, subagent } = outcome.outcome === 'closed' ? { finished: true } : outcome.result;
    return { finished, ...(subagent ? { subagent } : {}), ...endOf(outcome) };
  };
};
