import { lstatSync, readdirSync, rmSync, type Stats } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { lockHolder, takeLock } from '../../runtime/lock.ts';
import { isTrustedByEnvironment } from '../../trust/by-environment.ts';
import { hasRecord, ownFolder } from '../../trust/data-folder.ts';
import { recordLock } from '../../trust/home.ts';
import { type Folders, makeFolders } from './folders.ts';
import { excludeFromGit, trackedBelow } from './git-places.ts';
import type { Report } from './report.ts';

/** What of `.everturn` is recreated where it is missing. */
const replaceable = ['cache', 'logs', 'run', 'token', 'token.unfinished', 'id'];
const ours = ['data', ...replaceable];

type ClaimOptions = {
  /** The user has said that the data is theirs. */
  adopt?: boolean;
  source?: NodeJS.ProcessEnv;
  report?(report: Report): void;
};

/**
 * Makes `.everturn` ready for a start. Nothing in it is read, run or followed that was not made here by this user: data
 * that came with the project is refused with `data_foreign`, all else is replaced.
 */
export const claimFolders = (folders: Folders, options: ClaimOptions = {}): void => {
  const release = waitForLock(recordLock(folders.project));
  try {
    claim(folders, options);
  } finally {
    release();
  }
};

const patienceMs = 30_000;

/** Two first starts at once must not take each other's folder for a foreign one. */
const waitForLock = (file: string): (() => void) => {
  const deadline = performance.now() + patienceMs;
  const wait = new Int32Array(new SharedArrayBuffer(4));
  while (true) {
    const lock = takeLock(file);
    if (lock.holder === null) return lock.release;
    if (performance.now() > deadline)
      throw new Error(`Cannot claim the folder: process ${lock.holder.pid} holds ${file}`);
    Atomics.wait(wait, 0, 0, 20);
  }
};

const claim = (folders: Folders, options: ClaimOptions): void => {
  const { source = process.env, report = () => undefined, adopt = false } = options;
  const { project } = folders;
  const isSaid = isTrustedByEnvironment(source);
  const say = (words: string) => report({ type: 'progress', step: 'folder', words });
  const tracked = isSaid ? [] : trackedBelow(project, ours);
  if (tracked.includes('data')) {
    throw new EverturnError(
      'data_foreign',
      `Cannot use ${folders.data}: git tracks it, so it is not what was made here. Run "git rm -r --cached .everturn/data" if it is yours, otherwise move it away and start empty`,
      { details: { folder: folders.data } },
    );
  }
  const isOurs = hasRecord(project);
  // No start follows: the lock will be refused, and what runs needs its notes.
  if (isOurs && lockHolder(folders.lock) !== null) return;
  if (!isOurs && !adopt && !isSaid) refuseForeign(folders);
  const replaced = isOurs || isSaid ? tracked : replaceable;
  // Logs and notes of what runs are worth keeping with data that is theirs.
  const kept = adopt && !isOurs ? ['logs', 'run'] : [];
  const gone = replaced.filter((name) => !kept.includes(name) && removeEntry(path.join(folders.root, name)));
  if (gone.length > 0) {
    const why = tracked.length > 0 ? 'git tracks it' : 'it was not made here';
    say(`replaced ${gone.map((name) => `.everturn/${name}`).join(', ')}: ${why}`);
  }
  makeFolders(folders);
  if (!hasRecord(project)) {
    ownFolder(project);
    const excluded = excludeFromGit(project);
    if (excluded.outcome === 'no') say(`keep .everturn/ out of git yourself: ${excluded.why}`);
    if (excluded.outcome === 'written') say('.everturn/ is in .git/info/exclude now');
  }
};

/**
 * Before one of our processes starts: `.everturn` is ignored, so `git pull` writes over what is there without a word, code
 * that Node compiled for us among it. What git tracks of the cache is removed, with the rest of it.
 */
export const dropTrackedCache = ({ project, root }: Folders, source: NodeJS.ProcessEnv): void => {
  if (isTrustedByEnvironment(source) || trackedBelow(project, ['cache']).length === 0) return;
  removeEntry(path.join(root, 'cache'));
};

/** Throws `data_foreign` where there is data that was not made here by this user. */
export const refuseForeign = ({ root, data, project }: Folders): void => {
  const isLink = lookAt(root)?.isSymbolicLink() ?? false;
  if (!isLink && isEmpty(data)) return;
  const what = isLink ? `${root} is a symbolic link that` : `${data} has data that`;
  throw new EverturnError(
    'data_foreign',
    `Cannot start in ${project}: ${what} was not created here by you, according to the records in your home folder. If it came with the project, move it away and start empty. If it is yours (made before an upgrade, moved or restored), say so once with "npx everturn trust --data"`,
    { details: { folder: isLink ? root : data } },
  );
};

/** Undefined for what is not there, also where a file takes the place of a folder above it. */
const lookAt = (file: string): Stats | undefined => {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
};

const isEmpty = (folder: string): boolean => {
  const stats = lookAt(folder);
  return stats === undefined || (stats.isDirectory() && readdirSync(folder).length === 0);
};

/** Links are removed, not followed. Says whether there was something. */
const removeEntry = (file: string): boolean => {
  const isThere = lookAt(file) !== undefined;
  if (isThere) rmSync(file, { recursive: true, force: true });
  return isThere;
};
