import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { serveTaskTimes } from './task-metrics.ts';

/** A worker of bare parents alone, with the settings of worker/script-worker.ts; their children run in another one. */
await serveTaskTimes(Number(process.env.BENCH_PORT), 'bareSlow');
const connection = await NativeConnection.connect({ address: process.env.BENCH_TEMPORAL ?? '' });
const worker = await Worker.create({
  connection,
  taskQueue: process.env.BENCH_QUEUE ?? '',
  workflowsPath: fileURLToPath(new URL('../bare/workflows.ts', import.meta.url)),
  maxCachedWorkflows: Number(process.env.BENCH_CACHED),
  maxConcurrentWorkflowTaskExecutions: 4,
  workflowThreadPoolSize: 2,
  stickyQueueScheduleToStartTimeout: '2s',
});
process.send?.({ type: 'ready' });
process.once('SIGTERM', () => worker.shutdown());
await worker.run();
await connection.close();
