import { ApplicationFailure } from '@temporalio/activity';
import { EverturnError } from '../contracts/errors.ts';

/** Failures of its own after which an operation is given up: with the pauses between them several seconds. */
export const failureLimit = 6;

/**
 * A failure as Temporal may know it: the code and nothing of what it says, which can hold what a user wrote. The
 * message is on the attempt's span.
 */
export const toFailure = (error: unknown, failures = 0): ApplicationFailure => {
  const known = error instanceof EverturnError ? error : undefined;
  const retryAfter = known?.details?.retryAfterMs;
  return ApplicationFailure.create({
    message: known?.code ?? 'internal',
    type: known?.code ?? 'internal',
    nonRetryable: (known !== undefined && !known.retryable) || failures >= failureLimit,
    ...(typeof retryAfter === 'number' && retryAfter > 0 ? { nextRetryDelay: retryAfter } : {}),
  });
};
