import os from 'node:os';
import type { Lease } from '../activities/turn/lease.ts';
import type { Store } from '../store/store.ts';

const beatMs = 1000;

/** Keeps the worker's lease, and registers again when others have taken its work and are done with that. */
export const startLiveness = (store: Store, { id, kind, lease }: { id: string; kind: string; lease: Lease }) => {
  const beat = async (): Promise<void> => {
    if (!(await lease.renew())) {
      await store.workers.register({ id, kind, pid: process.pid, host: os.hostname() });
    }
  };
  // While Postgres is unavailable, no process can see the row either.
  const timer = setInterval(() => void beat().catch(() => {}), beatMs);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await store.workers.remove(id).catch(() => {});
    },
  };
};
