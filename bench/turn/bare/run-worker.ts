import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { FloorEnvironment } from '../floor/environment.ts';

type Parts = { workflowsPath: string; activities: object };

/** Until SIGTERM, with the settings of worker/worker.ts. */
export const runBareWorker = async (
  { temporalAddress, taskQueue }: FloorEnvironment,
  { workflowsPath, activities }: Parts,
): Promise<void> => {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath,
    activities,
    maxCachedWorkflows: 500,
    maxConcurrentActivityTaskExecutions: 200,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    stickyQueueScheduleToStartTimeout: '2s',
  });
  process.send?.({ type: 'ready' });
  process.once('SIGTERM', () => worker.shutdown());
  await worker.run();
  await connection.close();
};
