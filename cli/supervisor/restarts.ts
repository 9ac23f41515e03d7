import { maxRestarts, type Restart, type StackMessage } from '../../contracts/stack.ts';
import { isAlive } from '../../runtime/processes.ts';
import type { StackProcess } from './state.ts';

/** What the supervisor remembers of processes that ended, and what it says of its processes to the API. */
export const openRestarts = (now: () => Date = () => new Date()) => {
  const startedAt = now().toISOString();
  const begun = new Map<number, string>();
  let restarts: Restart[] = [];

  return {
    died(process: string, how: string): void {
      restarts = [{ process, at: now().toISOString(), how, backAfterMs: null }, ...restarts].slice(0, maxRestarts);
    },
    back(process: string, afterMs: number): void {
      const at = restarts.findIndex((one) => one.process === process && one.backAfterMs === null);
      restarts = restarts.map((one, index) => (index === at ? { ...one, backAfterMs: afterMs } : one));
    },
    message(processes: readonly StackProcess[]): StackMessage {
      const alive = processes.filter(isAlive);
      for (const { pid } of alive) if (!begun.has(pid)) begun.set(pid, now().toISOString());
      return {
        type: 'stack',
        pid: process.pid,
        startedAt,
        processes: alive.map(({ name, pid }) => ({ name, pid, startedAt: begun.get(pid) ?? startedAt })),
        restarts,
      };
    },
  };
};
export type Restarts = ReturnType<typeof openRestarts>;
