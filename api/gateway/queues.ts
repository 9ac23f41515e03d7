import type { TaskQueue } from '../../contracts/stack.ts';
import { scriptsQueue } from '../../contracts/temporal.ts';
import type { Calls } from './calls.ts';

/** Of the enum TaskQueueType in Temporal's API. */
const kinds = { workflow: 1, activity: 2 } as const;

const msOf = (age: { seconds?: unknown; nanos?: number | null } | null | undefined): number | null =>
  age ? Number(age.seconds ?? 0) * 1000 + (age.nanos ?? 0) / 1e6 : null;

export const queueCalls = ({ client, taskQueue, within }: Calls) => {
  const describe = async (name: string, kind: keyof typeof kinds): Promise<TaskQueue> => {
    const { pollers, stats } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType: kinds[kind],
      reportStats: true,
    });
    const backlog = stats?.approximateBacklogCount;
    return {
      name,
      kind,
      pollers: pollers?.length ?? 0,
      backlog: backlog === undefined || backlog === null ? null : Number(backlog),
      oldestMs: msOf(stats?.approximateBacklogAge),
    };
  };

  return {
    /** The task queues that workers of this stack ask. */
    taskQueues: (): Promise<TaskQueue[]> =>
      within('read the task queues', () =>
        Promise.all(
          [taskQueue, scriptsQueue(taskQueue)].flatMap((name) => [
            describe(name, 'workflow'),
            describe(name, 'activity'),
          ]),
        ),
      ),
  };
};
