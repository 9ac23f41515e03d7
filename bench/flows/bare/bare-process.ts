import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

/** The floor's worker, with the settings of worker/worker.ts. */
Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address: process.env.BENCH_TEMPORAL ?? '' });
const worker = await Worker.create({
  connection,
  taskQueue: process.env.BENCH_QUEUE ?? '',
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  maxCachedWorkflows: 500,
  stickyQueueScheduleToStartTimeout: '2s',
});
process.send?.({ type: 'ready' });
process.once('SIGTERM', () => worker.shutdown());
await worker.run();
await connection.close();
