import type { RunActivities } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { openAttempt } from './attempt.ts';
import type { RunDependencies } from './run-dependencies.ts';

const reason = 'Its workflow was ended from outside';

/** Nothing of a step whose workflow is gone can record its end: its parent has it done. */
export const createSettleLostStep =
  (dependencies: RunDependencies): RunActivities['settleLostStep'] =>
  async (stepRef) => {
    const { nodes } = dependencies.store;
    try {
      const number = (await nodes.find(stepRef))?.attempt ?? 0;
      const attempt = await openAttempt(dependencies, stepRef, Math.max(number, 1), null);
      const status = await attempt.put({ status: 'cancelled', code: 'turn_terminated', reason });
      return { status, chosen: (await nodes.find(stepRef))?.chosen ?? null };
    } catch (error) {
      // The end of a run that was deleted has no place to be recorded.
      if (error instanceof EverturnError && error.code === 'run_not_found')
        return { status: 'cancelled', chosen: null };
      throw error;
    }
  };
