import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses } from '../../files/kernel.ts';

const graceMs = 2000;
const lastWaitMs = 1000;
const maxPauseMs = 100;

/** False when the group has no process, or none that we may signal. */
const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
};

/** Where process 1 reaps late or never, as in many containers, the dead stay in their group. */
const isAlive = async (group: number): Promise<boolean> => {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== 'linux') return true;
  return (await listProcesses()).some((process) => process.group === group && !process.zombie);
};

const isGoneWithin = async (group: number, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms;
  for (let pause = 5; await isAlive(group); pause = Math.min(pause * 2, maxPauseMs)) {
    if (performance.now() > deadline) return false;
    await delay(pause);
  }
  return true;
};

/** Ends every process of a group: SIGTERM, SIGKILL after 2 s to what is left. Resolves when the group is gone. */
export const endGroup = async (group: number): Promise<void> => {
  if (!signalGroup(group, 'SIGTERM')) return;
  if (await isGoneWithin(group, graceMs)) return;
  signalGroup(group, 'SIGKILL');
  // Bounded: a process deep in the kernel dies only when it comes out of it.
  await isGoneWithin(group, lastWaitMs);
};
