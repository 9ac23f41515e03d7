import type { Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';

export type RecoveryDependencies = { store: Store; connection: Connection; namespace: string; log: Logger };

const watchMs = 1000;

/** PENDING_ACTIVITY_STATE_STARTED of Temporal's API. */
const startedState = 2;

/** The calls to Temporal that take work from a dead worker. None rejects. */
const takeFrom = (workerId: string, { connection, namespace, log }: RecoveryDependencies) => {
  const { workflowService } = connection;
  const failure = {
    message: `worker ${workerId} died`,
    applicationFailureInfo: { type: 'worker_died', nonRetryable: false, nextRetryDelay: { nanos: 1_000_000 } },
  };
  const how = { namespace, identity: workerId, failure };
  const quietly = async (call: Promise<unknown>): Promise<void> => {
    // Gone already: somebody else recovered it, it timed out, or its workflow has ended.
    await call.catch((error: unknown) => log.debug({ error }, 'recovery call found nothing to do'));
  };
  const failPending = async (workflowId: string): Promise<void> => {
    const execution = { workflowId };
    const { pendingActivities } = await workflowService.describeWorkflowExecution({ namespace, execution });
    const left = (pendingActivities ?? []).filter(
      ({ state, lastWorkerIdentity }) => state === startedState && lastWorkerIdentity === workerId,
    );
    await Promise.all(
      left.map(({ activityId }) =>
        workflowService.respondActivityTaskFailedById({ ...how, workflowId, activityId: activityId ?? '' }),
      ),
    );
  };
  return {
    resetSticky: (workflowId: string) =>
      quietly(workflowService.resetStickyTaskQueue({ namespace, execution: { workflowId } })),
    fail: (taskToken: Uint8Array) => quietly(workflowService.respondActivityTaskFailed({ ...how, taskToken })),
    /** What the worker was given and had not begun in Postgres, or had sealed and not told. */
    failPending: (workflowId: string) => quietly(failPending(workflowId)),
  };
};

/**
 * Makes the work of a dead worker go on at once: fails its open attempts, so that Temporal gives them to another
 * worker, and resets the sticky queues of their workflows, whose next task would wait on a queue that nobody polls.
 * Safe to call by several processes at a time, and for a worker that only seemed dead: its attempts have lost their
 * fence by the time they try to write.
 */
export const recoverWorker = async (dependencies: RecoveryDependencies, workerId: string): Promise<void> => {
  const { workers } = dependencies.store;
  const [attempts, turns] = await Promise.all([workers.openAttempts(workerId), workers.heldTurns(workerId)]);
  const { resetSticky, fail, failPending } = takeFrom(workerId, dependencies);
  // The server does not write a reset down, the failures after it do. One that is refused makes it forget the reset.
  await Promise.all(turns.flatMap((turn) => [turn.workflowId, turn.sessionWorkflowId]).map(resetSticky));
  await Promise.all(
    attempts.map(async ({ key, taskToken }) => {
      await fail(taskToken);
      await workers.forgetToken(key, workerId);
    }),
  );
  await Promise.all(turns.map(({ workflowId }) => failPending(workflowId)));
  await workers.remove(workerId);
  if (turns.length > 0) dependencies.log.warn({ workerId, turns: turns.length }, 'recovered the work of a dead worker');
};

/** Looks for workers without a heartbeat and recovers them. Runs in every process that holds a store and a connection. */
export const watchWorkers = (dependencies: RecoveryDependencies): { stop(): void } => {
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (const workerId of await dependencies.store.workers.dead()) await recoverWorker(dependencies, workerId);
    } catch (error) {
      dependencies.log.debug({ error }, 'cannot look for dead workers');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), watchMs);
  return { stop: () => clearInterval(timer) };
};
