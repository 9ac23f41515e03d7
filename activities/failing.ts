import { ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import { failureLimit, toFailure } from './failure.ts';

/** Attempts after which an error that no row of the table foresees is given up. */
const patience = 20;

type Activity = (...input: never[]) => Promise<unknown>;

/**
 * Errors thrown outside an attempt also become failures of the error table: only the code goes to Temporal, what
 * it says goes to our log.
 */
const failingOne =
  (activity: Activity): Activity =>
  async (...input) => {
    try {
      return await activity(...input);
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      log.error('An activity failed', { error });
      throw toFailure(error, { failures: Context.current().info.attempt < patience ? 0 : failureLimit });
    }
  };

export const failing = <Activities extends Record<string, Activity>>(activities: Activities): Activities =>
  Object.fromEntries(Object.entries(activities).map(([name, activity]) => [name, failingOne(activity)])) as Activities;
