import { setTimeout as delay } from 'node:timers/promises';
import { processStart } from '../../../files/kernel.ts';

const maxMs = 10_000;
const maxPauseMs = 50;

/** Of a PID namespace: its process 1, by the pid that we see. */
export const createLife = () => {
  let first: { pid: number; start: number } | null = null;
  return {
    is: (pid: number): void => {
      const start = processStart(pid);
      if (start !== null) first = { pid, start };
    },
    /** Resolves when nothing of the namespace runs: the kernel lets process 1 end only after all others. */
    end: async (): Promise<void> => {
      if (first === null) return;
      const { pid, start } = first;
      const isAlive = () => processStart(pid) === start;
      if (!isAlive()) return;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
      // Bounded: a process deep in the kernel dies only when it comes out of it.
      const deadline = performance.now() + maxMs;
      for (let pause = 1; isAlive() && performance.now() < deadline; pause = Math.min(pause * 2, maxPauseMs)) {
        await delay(pause);
      }
    },
  };
};
