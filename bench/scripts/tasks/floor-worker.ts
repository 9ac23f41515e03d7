import { randomUUID } from 'node:crypto';
import { freePort } from '../../../runtime/ports.ts';
import type { Slow } from '../bare/workflows.ts';
import type { Field } from '../field.ts';
import { fetchTaskTimes, type MeasuredWorker } from './task-times.ts';

/** The floor: a worker of bare parents, whose children wait in the floor's other worker. */
export const startFloorWorker = async (
  { servers, client, bare }: Field,
  name: string,
  cached: number,
): Promise<MeasuredWorker> => {
  const port = await freePort();
  const taskQueue = `bare-${name}`;
  const worker = await servers.startProgram(taskQueue, new URL('./floor-worker-process.ts', import.meta.url), {
    ...process.env,
    BENCH_TEMPORAL: servers.temporalAddress,
    BENCH_QUEUE: taskQueue,
    BENCH_CACHED: String(cached),
    BENCH_PORT: String(port),
  });
  return {
    pid: worker.pid,
    taskTimes: () => fetchTaskTimes(port),
    async run(count) {
      const id = randomUUID();
      const workflowId = `bare/${id}`;
      await client.workflow.execute<(input: Slow) => Promise<void>>('bareSlow', {
        workflowId,
        taskQueue,
        args: [{ id, count, childQueue: bare.queue }],
      });
      return workflowId;
    },
    stop: () => worker.stop(),
  };
};
