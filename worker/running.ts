import os from 'node:os';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Lease } from '../activities/turn/lease.ts';
import { watchWorkers } from '../runtime/recovery.ts';
import type { TemporalConnectionOptions } from '../runtime/temporal.ts';
import type { Store } from '../store/store.ts';
import { startLiveness } from './liveness.ts';

export type RunningWorker = {
  /** Settles when the worker has ended: after `stop`, or with the error that ended it. */
  readonly ended: Promise<void>;
  /** Takes no more work and lets what runs end, for 10 s. */
  stop(): Promise<void>;
};

export type RunOptions = {
  store: Store;
  temporal: TemporalConnectionOptions;
  /** Opened before, so that a start has not to wait for it; closed here. Default: opened here. */
  connection?: NativeConnection | undefined;
  namespace: string;
  workerId: string;
  kind: 'agents' | 'scripts';
  log: Logger;
};

/** Sticky tasks of a worker that died wait so long for it, where nobody resets them. */
const stickyQueueScheduleToStartTimeout = '2s';

/** Connects, registers and runs a worker; it watches over the others as they watch over it. */
export const runWorker = async (
  { store, temporal, connection: opened, namespace, workerId, kind, lease, log }: RunOptions & { lease: Lease },
  own: Omit<WorkerOptions, 'connection' | 'namespace' | 'identity'>,
): Promise<RunningWorker> => {
  const connection = opened ?? (await NativeConnection.connect(temporal));
  // Used by recovery alone, seconds after the start.
  const client = Connection.lazy(temporal);
  const creating = Worker.create({
    connection,
    namespace,
    identity: workerId,
    stickyQueueScheduleToStartTimeout,
    shutdownGraceTime: '10s',
    ...own,
  });
  const registering = store.workers.register({ id: workerId, kind, pid: process.pid, host: os.hostname() });
  const [worker] = await Promise.all([creating, registering]);
  const liveness = startLiveness(store, { id: workerId, kind, lease });
  const watch = watchWorkers({ store, connection: client, namespace, log }, workerId);

  const end = async (): Promise<void> => {
    try {
      await worker.run();
    } finally {
      watch.stop();
      await liveness.stop();
      await client.close();
      await connection.close();
    }
  };
  const ended = end();
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
};
