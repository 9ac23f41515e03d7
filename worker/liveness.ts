import os from 'node:os';
import type { Store } from '../store/store.ts';

const beatMs = 1000;

/** Keeps the worker's row fresh, and writes it again when somebody took the worker for dead. */
export const startLiveness = (store: Store, { id, kind }: { id: string; kind: string }) => {
  const beat = async (): Promise<void> => {
    if (!(await store.workers.beat(id))) {
      await store.workers.register({ id, kind, pid: process.pid, host: os.hostname() });
    }
  };
  // While Postgres is away nobody can see the row either.
  const timer = setInterval(() => void beat().catch(() => {}), beatMs);
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await store.workers.remove(id).catch(() => {});
    },
  };
};
