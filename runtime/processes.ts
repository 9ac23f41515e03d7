import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { processStart } from '../files/kernel.ts';
import { machineProgramPath } from '../files/programs.ts';

/** A process that cannot be mistaken for a later one which got the same pid. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** Null when no process has this pid, or only a zombie. */
export const identify = (pid: number): ProcessIdentity | null => {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === null ? null : { pid, startedAt };
};

export const isAlive = ({ pid, startedAt }: ProcessIdentity): boolean => identify(pid)?.startedAt === startedAt;

/** Resolves to whether the process is gone within `ms`. */
export const goneWithin = async (identity: ProcessIdentity, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms;
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false;
    await delay(15);
  }
  return true;
};

export type EndStep = { signal: NodeJS.Signals; waitMs: number };

/** Sends each signal in turn until the process is gone. Resolves to whether it is; one already gone counts as ended. */
export const endProcess = async (identity: ProcessIdentity, steps: readonly EndStep[]): Promise<boolean> => {
  for (const { signal, waitMs } of steps) {
    if (!isAlive(identity)) return true;
    signalProcess(identity.pid, signal);
    if (await goneWithin(identity, waitMs)) return true;
  }
  return !isAlive(identity);
};

const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const startOnLinux = (pid: number): string | null => processStart(pid)?.toString() ?? null;

const startByPs = (pid: number): string | null => {
  try {
    const line = execFileSync(machineProgramPath('ps'), ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    const [state = 'Z', ...start] = line.split(/\s+/);
    return state.startsWith('Z') ? null : start.join(' ');
  } catch {
    return null;
  }
};
