import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { readFloorEnvironment } from '../../turn/floor/environment.ts';
import { openFloor } from '../../turn/floor/steps.ts';
import { createBareActivities } from './activities.ts';

/** The floor's worker, with the settings of worker/worker.ts. */
const options = readFloorEnvironment();
Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
const floor = openFloor(options);
const connection = await NativeConnection.connect({ address: options.temporalAddress });
const worker = await Worker.create({
  connection,
  taskQueue: options.taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities: createBareActivities(floor),
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
await floor.close();
