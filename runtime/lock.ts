import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readOwnFile } from '../files/own-file.ts';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';

export type Lock = { holder: null; release(): void } | { holder: ProcessIdentity };

/**
 * A lock file that holds who took it: the lock of a process that is gone is taken over, also when its pid was
 * given to another. The folder must exist. Gives the holder when a living process has the lock.
 */
export const takeLock = (file: string): Lock => {
  const self = identify(process.pid);
  if (!self) throw new Error(`Cannot lock ${file}: this process cannot be looked up`);
  const candidate = `${file}.${self.pid}`;
  rmSync(candidate, { force: true });
  writeFileSync(candidate, JSON.stringify(self), { mode: 0o600, flag: 'wx' });
  try {
    while (true) {
      if (linked(candidate, file)) return { holder: null, release: () => release(file, self) };
      const holder = readHolder(file);
      if (holder && isAlive(holder)) return { holder };
      removeStale(file, holder, `${candidate}.stale`);
    }
  } finally {
    rmSync(candidate, { force: true });
  }
};

/** The living process that has the lock, if any. */
export const lockHolder = (file: string): ProcessIdentity | null => {
  const holder = readHolder(file);
  return holder && isAlive(holder) ? holder : null;
};

const linked = (candidate: string, file: string): boolean => {
  try {
    linkSync(candidate, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Another process may have replaced the stale lock by its own since we read it: then that one is put back. */
const removeStale = (file: string, stale: ProcessIdentity | null, aside: string): void => {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (!same(readHolder(aside), stale)) linked(aside, file);
  rmSync(aside, { force: true });
};

const release = (file: string, self: ProcessIdentity): void => {
  if (same(readHolder(file), self)) rmSync(file, { force: true });
};

const same = (a: ProcessIdentity | null, b: ProcessIdentity | null): boolean =>
  a?.pid === b?.pid && a?.startedAt === b?.startedAt;

/** Of a file that only we have written: one that came with a repository, as by `git pull`, has another mode. */
const readHolder = (file: string): ProcessIdentity | null => {
  try {
    // It is made by a link, so that for a moment it has two names.
    const own = readOwnFile(file, { linked: true });
    const { pid, startedAt } = JSON.parse('text' in own ? own.text : 'null') as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
};
