import { Connection } from '@temporalio/client';
import { createLogger } from '../../runtime/log.ts';
import { recoverWorker } from '../../runtime/recovery.ts';
import type { TemporalConnectionOptions } from '../../runtime/temporal.ts';
import { openStore } from '../../store/store.ts';

export type Recovery = {
  /** Makes the work of a worker that has died continue at once. Never rejects: any other process does it within 5 s. */
  workerDied(workerId: string): Promise<void>;
  close(): Promise<void>;
};

export type RecoveryOptions = {
  databaseUrl: string;
  temporal: TemporalConnectionOptions;
  namespace: string;
};

/** Less than the time after which the pool closes an idle connection. */
const warmMs = 300_000;

export const openRecovery = ({ databaseUrl, temporal, namespace }: RecoveryOptions): Recovery => {
  const log = createLogger({ name: 'supervisor', level: 'silent' });
  const store = openStore({ url: databaseUrl, patienceMs: 2000, max: 2 });
  const connection = Connection.lazy(temporal);
  // A worker's death must not wait for connections to be opened. What fails here is tried again when one is needed.
  const warm = () =>
    void Promise.allSettled([connection.ensureConnected(), store.workers.dead(), store.workers.dead()]);
  warm();
  const warming = setInterval(warm, warmMs);
  warming.unref();
  return {
    workerDied: (workerId) => recoverWorker({ store, connection, namespace, log }, workerId).catch(() => undefined),
    close: async () => {
      clearInterval(warming);
      await connection.close();
      await store.close();
    },
  };
};
