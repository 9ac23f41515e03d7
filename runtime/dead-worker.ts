import type { Connection } from '@temporalio/client';
import type { Logger } from 'pino';

export type DeadWorkerDependencies = { connection: Connection; namespace: string; log: Logger };

/** PENDING_ACTIVITY_STATE_STARTED of Temporal's API. */
const startedState = 2;

/** CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE of gRPC: the server has not answered. */
const unanswered: readonly unknown[] = [1, 4, 8, 14];

/** The calls to Temporal that take work from a dead worker. They reject only when the server does not answer. */
export const takeFrom = (workerId: string, { connection, namespace, log }: DeadWorkerDependencies) => {
  const { workflowService } = connection;
  const failure = {
    message: `worker ${workerId} died`,
    applicationFailureInfo: { type: 'worker_died', nonRetryable: false, nextRetryDelay: { nanos: 1_000_000 } },
  };
  const how = { namespace, identity: workerId, failure };
  const quietly = async (call: Promise<unknown>): Promise<void> => {
    await call.catch((error: unknown) => {
      if (unanswered.includes((error as { code?: unknown }).code)) throw error;
      // Gone already: someone else recovered it, it timed out, or its workflow has ended.
      log.debug({ error }, 'recovery call found nothing to do');
    });
  };
  const held = async (workflowId: string): Promise<string[]> => {
    const execution = { workflowId };
    const { pendingActivities } = await workflowService.describeWorkflowExecution({ namespace, execution });
    return (pendingActivities ?? []).flatMap(({ state, lastWorkerIdentity, activityId }) =>
      state === startedState && lastWorkerIdentity === workerId && activityId ? [activityId] : [],
    );
  };
  const failThose = async (workflowId: string, activities: readonly string[]): Promise<void> => {
    await Promise.all(
      activities.map((activityId) =>
        quietly(workflowService.respondActivityTaskFailedById({ ...how, workflowId, activityId })),
      ),
    );
  };
  const reset = (workflowId: string) => workflowService.resetStickyTaskQueue({ namespace, execution: { workflowId } });
  const free = async (workflowId: string): Promise<void> => {
    // Also says whether there is such a workflow: most that wait for their turn are not there yet.
    const activities = await held(workflowId);
    // Before the failures: see recoverWorker.
    await reset(workflowId);
    await failThose(workflowId, activities);
  };
  return {
    resetSticky: (workflowId: string) => quietly(reset(workflowId)),
    fail: (taskToken: Uint8Array) => quietly(workflowService.respondActivityTaskFailed({ ...how, taskToken })),
    /** What the worker was given and had not begun in Postgres, or had sealed and not reported. */
    failPending: (workflowId: string) =>
      quietly(held(workflowId).then((activities) => failThose(workflowId, activities))),
    /** Both, of a workflow that may not be there. */
    free: (workflowId: string) => quietly(free(workflowId)),
  };
};
