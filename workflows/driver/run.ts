import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import type { AnyStateMachine } from 'xstate';
import type { Driver } from './driver.ts';
import { stateQuery } from './messages.ts';

/** Answers the `state` query, waits for the machine's end, and for handlers that still run. */
export const runToEnd = async <Machine extends AnyStateMachine>(
  driver: Driver<Machine>,
): Promise<'done' | 'continue'> => {
  setHandler(stateQuery, driver.report);
  const outcome = await driver.outcome;
  if (!allHandlersFinished()) await condition(allHandlersFinished);
  return outcome;
};
