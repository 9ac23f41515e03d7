import { ActivityCancellationType, type ActivityOptions, type LocalActivityOptions } from '@temporalio/workflow';

/**
 * Timeouts and retries of every activity. Attempts are not counted here: a worker that dies costs one each time, and
 * must never end a turn. What may fail for good (a provider that keeps refusing) is counted by the activity itself.
 * The heartbeat timeout is the last net, behind the recovery that fails the attempts of a dead worker.
 */
const retry = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '20s' } as const;
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

export const modelPolicy = {
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  retry,
  cancellationType,
} satisfies ActivityOptions;
export const toolPolicy = {
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  retry,
  cancellationType,
} satisfies ActivityOptions;
export const recordPolicy = { startToCloseTimeout: '60s', retry } satisfies ActivityOptions;
/**
 * A statement or two, whose attempt nobody fails when its worker dies. One that takes longer continues beside the next,
 * which changes nothing.
 */
export const briefPolicy = { startToCloseTimeout: '10s', retry } satisfies ActivityOptions;

/** A worker of scripts that dies in the middle of one holds its script up no longer than this. */
export const scriptPolicy = { startToCloseTimeout: '20s', retry } satisfies ActivityOptions;

/**
 * Short work runs within the workflow's task: it is safe to run twice, and a task of its own would cost more than it does.
 * What no row asks for yet is not tried again there: each round of a long wait would add to the history.
 */
export const quickPolicy = {
  startToCloseTimeout: '60s',
  retry: { ...retry, nonRetryableErrorTypes: ['not_asked'] },
} satisfies LocalActivityOptions;
/**
 * Of workflows that agents consist of. A task that a worker had in its hands when it died is missed only when this is over,
 * and nobody can take it away before: it holds an agent up no longer.
 */
export const workflowTaskTimeout = '5s';

/** Code that may take its time. */
export const codePolicy = {
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  retry,
  cancellationType,
} satisfies ActivityOptions;
