import type { RunActivities } from '../../contracts/activities.ts';
import { toMs } from '../../contracts/duration.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Step } from '../../contracts/flow.ts';
import { toGraph } from '../../contracts/graph.ts';
import { closeWorktrees } from '../script/own-worktree.ts';
import { isAsked } from './asked.ts';
import { openAttempt } from './attempt.ts';
import type { RunDependencies } from './run-dependencies.ts';

const timeoutOf = ({ timeout }: Step): number | null => (timeout === undefined ? null : toMs(timeout));
const seconds = (ms: number | null | undefined): string => (ms ? ` than ${ms / 1000} s` : '');

/** Ends a step that has no result. A failed one keeps the reason that its last attempt left. */
export const createSettleStep =
  (dependencies: RunDependencies): RunActivities['settleStep'] =>
  async ({ attempt: number, status, code, ...stepRef }) => {
    try {
      const attempt = await openAttempt(dependencies, stepRef, number, null);
      // A forged workflow must not settle a step that was never due.
      if (!(await isAsked(attempt, await dependencies.store.nodes.find(stepRef)))) return status;
      const kept = await closeWorktrees(attempt);
      if (status === 'failed' || code === 'code_timeout') {
        return await attempt.put({ status, code, ...(kept ? { reason: kept } : {}) });
      }
      const { flow } = attempt.known;
      const declared = flow ? toGraph(flow).steps.find(({ id }) => id === stepRef.step) : undefined;
      const limit =
        stepRef.index === null ? (declared?.timeoutMs ?? timeoutOf(attempt.step)) : declared?.items?.timeoutMs;
      const reason =
        status === 'timed_out' ? `It took longer${seconds(limit)}, or than its group may` : 'It was cancelled';
      return await attempt.put({ status, code, reason: kept ? `${reason}. ${kept}` : reason });
    } catch (error) {
      // The end of a run that was deleted has no place to be recorded.
      if (error instanceof EverturnError && error.code === 'run_not_found') return status;
      throw error;
    }
  };
