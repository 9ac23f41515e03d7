import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { EverturnError } from '../../contracts/errors.ts';
import type { PendingActivity, Poller, WorkflowFacts, WorkflowStatus } from '../../contracts/workflows.ts';
import type { MachineReport } from '../../workflows/driver/messages.ts';
import type { Calls } from './calls.ts';

type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;
type RawActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

const isoOf = (time: Timestamp): string | null => {
  const ms = Number(time?.seconds ?? 0) * 1000 + Math.round((time?.nanos ?? 0) / 1_000_000);
  return ms === 0 ? null : new Date(ms).toISOString();
};

const statuses: Record<string, WorkflowStatus> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  CANCELED: 'cancelled',
  TERMINATED: 'terminated',
  CONTINUED_AS_NEW: 'continued_as_new',
  TIMED_OUT: 'timed_out',
};

/** As the protocol numbers them: scheduled, started, cancel requested, paused, pause requested. */
const stateOf = ({ state, lastFailure, lastStartedTime }: RawActivity): PendingActivity['state'] => {
  if (state === 2) return 'running';
  if (state === 3) return 'cancelling';
  if (state === 4 || state === 5) return 'paused';
  return lastFailure || isoOf(lastStartedTime) !== null ? 'backing_off' : 'queued';
};

const activityOf = (raw: RawActivity): PendingActivity => {
  const state = stateOf(raw);
  return {
    id: raw.activityId ?? '',
    type: raw.activityType?.name ?? '',
    state,
    attempt: raw.attempt ?? 1,
    maxAttempts: raw.maximumAttempts || null,
    scheduledAt: isoOf(raw.scheduledTime),
    startedAt: isoOf(raw.lastStartedTime),
    heartbeatAt: isoOf(raw.lastHeartbeatTime),
    nextAttemptAt: state === 'backing_off' ? isoOf(raw.nextAttemptScheduleTime ?? raw.scheduledTime) : null,
    worker: raw.lastWorkerIdentity || null,
    failure: raw.lastFailure?.message || null,
  };
};

const notOurs = (id: string): EverturnError =>
  new EverturnError(
    'workflow_not_found',
    `Cannot read workflow ${id}: Temporal knows none of this id. It may have been deleted when its retention ended`,
  );

const queueTypes = { workflows: 1, activities: 2 } as const;

/** What can be asked of, and done to, a single workflow of any kind. */
export const workflowCalls = ({ client, within }: Calls) => {
  const { workflowService } = client.connection;
  const { namespace } = client.options;

  const describeQueue = async (name: string): Promise<WorkflowFacts['queue']> => {
    const pollers = new Map<string, Poller>();
    let backlog: number | null = null;
    for (const [takes, taskQueueType] of Object.entries(queueTypes) as [keyof typeof queueTypes, 1 | 2][]) {
      const described = await workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType,
        reportStats: true,
      });
      for (const { identity, lastAccessTime } of described.pollers ?? []) {
        const worker = identity ?? '';
        const seenAt = isoOf(lastAccessTime);
        const known = pollers.get(worker);
        const newest = (known?.seenAt ?? '') > (seenAt ?? '') ? (known?.seenAt ?? null) : seenAt;
        pollers.set(worker, { worker, takes: [...new Set([...(known?.takes ?? []), takes])], seenAt: newest });
      }
      const waiting = described.stats?.approximateBacklogCount;
      if (waiting !== null && waiting !== undefined) backlog = (backlog ?? 0) + Number(waiting);
    }
    return { name, backlog, pollers: [...pollers.values()].toSorted((a, b) => a.worker.localeCompare(b.worker)) };
  };

  return {
    /** Throws `workflow_not_found`. */
    async describeWorkflow(id: string): Promise<WorkflowFacts> {
      try {
        return await within('read the workflow', async () => {
          const described = await client.workflow.getHandle(id).describe();
          const { raw } = described;
          const { pendingWorkflowTask: task } = raw;
          return {
            workflowId: described.workflowId,
            runId: described.runId,
            type: described.type,
            status: statuses[described.status.name] ?? 'unknown',
            isCancelling: raw.workflowExtendedInfo?.cancelRequested ?? false,
            startedAt: described.startTime.toISOString(),
            closedAt: described.closeTime?.toISOString() ?? null,
            parent: described.parentExecution?.workflowId || null,
            history: { events: described.historyLength, bytes: described.historySize ?? null },
            task: task ? { attempt: task.attempt ?? 1, isRunning: isoOf(task.startedTime) !== null } : null,
            activities: (raw.pendingActivities ?? []).map(activityOf),
            children: (raw.pendingChildren ?? []).map(({ workflowId, workflowTypeName }) => ({
              workflowId: workflowId ?? '',
              type: workflowTypeName ?? '',
            })),
            queue: await describeQueue(described.taskQueue),
          };
        });
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw notOurs(id);
        throw error;
      }
    },

    /** Null where the workflow has no such query, or nothing to say to it. Throws `temporal_unavailable` without a worker. */
    async queryMachine(id: string, query: 'state' | 'turn'): Promise<MachineReport | null> {
      try {
        return await within(`ask the workflow for its state`, () =>
          client.workflow.getHandle(id).query<MachineReport | null>(query),
        );
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw notOurs(id);
        if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) return null;
        throw error;
      }
    },

    /** Lets an activity that backs off be tried at once. Throws `retry_refused` where the server cannot. */
    async retryActivity({ workflowId, runId }: Pick<WorkflowFacts, 'workflowId' | 'runId'>, id: string): Promise<void> {
      try {
        await client.connection.withDeadline(Date.now() + 3000, () =>
          workflowService.resetActivity({
            namespace,
            execution: { workflowId, runId },
            identity: client.options.identity,
            id,
          }),
        );
      } catch (error) {
        const { code } = isGrpcServiceError(error) ? error : { code: null };
        // 5 is NOT_FOUND: it has ended meanwhile. 12 is UNIMPLEMENTED.
        if (code === 5) throw new EverturnError('activity_not_found', `Cannot retry activity ${id}: it has ended`);
        if (code === 12) {
          throw new EverturnError(
            'retry_refused',
            `Cannot retry activity ${id} now: this Temporal server cannot reset activities. Wait for its next attempt, or upgrade the server to 1.28 or later`,
          );
        }
        if (code === null) throw error;
        throw new EverturnError('temporal_unavailable', `Cannot retry activity ${id} now: Temporal does not answer`, {
          cause: error,
        });
      }
    },

    /** Asks a workflow to end: it cleans up and records its end first. */
    async cancelWorkflow(id: string): Promise<void> {
      try {
        await within('cancel the workflow', () => client.workflow.getHandle(id).cancel());
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw notOurs(id);
        throw error;
      }
    },
  };
};
