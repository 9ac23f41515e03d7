import { Context } from '@temporalio/activity';
import { leaseMs } from './lease.ts';

const answerMs = 1000;
/** NOT_FOUND of gRPC. */
const notFound = 5;

/**
 * Whether Temporal still counts the activity's task as running: it does not once it has timed out or was failed from
 * outside. Null without an answer within a second.
 */
export const isCurrent = async (): Promise<boolean | null> => {
  const {
    client,
    info: { taskToken, namespace },
  } = Context.current();
  try {
    await client.withDeadline(Date.now() + answerMs, () =>
      client.workflowService.recordActivityTaskHeartbeat({ namespace, taskToken }),
    );
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === notFound ? false : null;
  }
};

/**
 * Whether the task may have timed out before it got here: a process that was stopped finds, when it continues, tasks that
 * were sent to it meanwhile. Clocks that differ by as much make it ask too.
 */
export const isDoubtful = (): boolean =>
  Math.abs(Date.now() - Context.current().info.currentAttemptScheduledTimestampMs) > leaseMs;
