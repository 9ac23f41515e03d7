import { execFileSync } from 'node:child_process';
import { readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { machineProgramPath } from '../files/programs.ts';
import { readTextBounded } from '../files/read-bounded.ts';
import { type EndStep, endProcess, identify, type ProcessIdentity } from '../runtime/processes.ts';
import { isCopiedLink } from './placement.ts';

/** Fast shutdown, then immediate (the next start replays its log), then the end. */
export const stopSteps: readonly EndStep[] = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** The server that runs on this folder now; null for none, also when the pid in its lock file belongs to someone else. */
export const runningOn = (dataDir: string): ProcessIdentity | null => {
  // That server is of the folder it was copied from.
  if (isCopiedLink(dataDir)) return null;
  const pid = pidInLock(dataDir);
  const identity = pid === null ? null : identify(pid);
  return identity && servesFolder(identity.pid, dataDir) ? identity : null;
};

/** Stops a server that an earlier supervisor left. Resolves to whether there was one. */
export const stopPostgresOn = async (dataDir: string): Promise<boolean> => {
  const identity = runningOn(dataDir);
  if (identity) await endProcess(identity, stopSteps);
  return identity !== null;
};

/** Postgres itself keeps a lock whose pid was taken over by another process of the same user: removed here. */
export const removeStaleLock = (dataDir: string): void => {
  if (pidInLock(dataDir) !== null && runningOn(dataDir) === null) rmSync(lockFile(dataDir), { force: true });
};

const lockFile = (dataDir: string): string => path.join(dataDir, 'postmaster.pid');

const pidInLock = (dataDir: string): number | null => {
  try {
    const pid = Number.parseInt(readTextBounded(lockFile(dataDir), { most: 10_000 }), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
};

const servesFolder = (pid: number, dataDir: string): boolean => {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
    return execFileSync(machineProgramPath('ps'), ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      dataDir,
    );
  } catch {
    return false;
  }
};
