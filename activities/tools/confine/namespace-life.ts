// biome-ignore lint/style/noRestrictedImports: files of the kernel, in /proc and /sys.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseProcess } from '../linux-processes.ts';

const longestMs = 10_000;
const longestPauseMs = 50;

/** When the process started, in ticks of the kernel; null when it is gone, or dead and only not reaped. */
const startOf = (pid: number): number | null => {
  try {
    const { zombie, startedAt } = parseProcess(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return zombie ? null : startedAt;
  } catch {
    return null;
  }
};

/** Of a PID namespace: its process 1, by the pid that we see. */
export const createLife = () => {
  let first: { pid: number; start: number } | null = null;
  return {
    is: (pid: number): void => {
      const start = startOf(pid);
      if (start !== null) first = { pid, start };
    },
    /** Resolves when nothing of the namespace runs: the kernel lets process 1 end only after all others. */
    end: async (): Promise<void> => {
      if (first === null) return;
      const { pid, start } = first;
      const isAlive = () => startOf(pid) === start;
      if (!isAlive()) return;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
      // Bounded: a process deep in the kernel dies only when it comes out of it.
      const deadline = performance.now() + longestMs;
      for (let pause = 1; isAlive() && performance.now() < deadline; pause = Math.min(pause * 2, longestPauseMs)) {
        await delay(pause);
      }
    },
  };
};
