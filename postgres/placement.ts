import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { dataFolder } from '../files/places.ts';
import { type Account, give, succeedsAs } from './account.ts';

/** `<dataFolder>/clusters/<id>/.everturn/postgres`: below a folder `.everturn` it is closed to tools. */
const placedPath = /[/\\]clusters[/\\][0-9a-f]{16}[/\\]\.everturn[/\\]postgres$/;
/** Beside the cluster: the path of the link that points to it. */
const ownerFile = (cluster: string): string => path.join(path.dirname(cluster), 'owner');

/**
 * Where the cluster of `dataDir` is. Usually that is `dataDir`. Where the account cannot reach it or own files there, it
 * is a new folder of {@link dataFolder}, and `dataDir` becomes a link to it. What is there already stays where it is.
 * Throws `folder_unusable`.
 */
export const placeCluster = (dataDir: string, account: Account): string => {
  const stat = lstatSync(dataDir, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return linkedCluster(dataDir);
  if (stat?.isDirectory() && readdirSync(dataDir).length > 0) return existingCluster(dataDir, account);
  if (isFit(dataDir, account)) return dataDir;
  return linkToNew(dataDir, account);
};

/** Whether another folder's link is the one that the cluster was made for: this one is a copy of it. */
export const isCopiedLink = (dataDir: string): boolean => {
  const stat = lstatSync(dataDir, { throwIfNoEntry: false });
  if (!stat?.isSymbolicLink()) return false;
  const target = readlinkSync(dataDir);
  const owner = placedPath.test(target) ? readOwner(target) : null;
  if (owner === null || owner === dataDir) return false;
  const original = lstatSync(owner, { throwIfNoEntry: false });
  const same = original?.dev === stat.dev && original.ino === stat.ino;
  return original?.isSymbolicLink() === true && !same && readlinkSync(owner) === target;
};

const linkedCluster = (dataDir: string): string => {
  const target = readlinkSync(dataDir);
  if (!placedPath.test(target)) return realpathSync(dataDir);
  if (isCopiedLink(dataDir)) {
    throw unusable(
      dataDir,
      `it points to the data of ${readOwner(target)}, of which this folder is a copy. Remove ${dataDir} to begin empty`,
    );
  }
  if (!statSync(path.dirname(target), { throwIfNoEntry: false })) {
    throw unusable(
      dataDir,
      `it points to ${target}, which is gone. Bring that folder back, or remove ${dataDir} to begin empty`,
    );
  }
  // A project that was moved takes its link along.
  if (readOwner(target) !== dataDir) writeFileSync(ownerFile(target), dataDir, { mode: 0o600 });
  return target;
};

const readOwner = (cluster: string): string | null => {
  try {
    return readFileSync(ownerFile(cluster), 'utf8');
  } catch {
    return null;
  }
};

const existingCluster = (dataDir: string, account: Account): string => {
  if (account.uid === undefined || succeedsAs(account, 'sh', ['-c', 'cd "$1"', 'sh', dataDir])) return dataDir;
  throw unusable(
    dataDir,
    `it belongs to user ${statSync(dataDir).uid}, and user ${account.uid}, as whom Postgres runs, can no longer enter it. Let others pass through the folders above it (chmod o+x), or move it to a folder that they can pass through and leave a link to it here`,
  );
};

const linkToNew = (dataDir: string, account: Account): string => {
  const id = randomBytes(8).toString('hex');
  const cluster = path.join(dataFolder(), 'clusters', id, '.everturn', 'postgres');
  try {
    makePassable(path.dirname(cluster));
    if (!isFit(cluster, account)) {
      throw new Error(`user ${account.uid ?? process.getuid?.()} cannot reach it or own files there`);
    }
    writeFileSync(ownerFile(cluster), dataDir, { mode: 0o600 });
    // Of an empty folder.
    rmSync(dataDir, { recursive: true, force: true });
    symlinkSync(cluster, dataDir);
    return cluster;
  } catch (cause) {
    rmSync(path.dirname(path.dirname(cluster)), { recursive: true, force: true });
    throw unusable(
      dataDir,
      `the user of Postgres cannot reach it or own files there, and a folder in ${dataFolder()} instead cannot be made: ${(cause as Error).message}. Set EVERTURN_DATA to a folder on a local disk that all users can enter`,
      cause,
    );
  }
};

/** Makes the folders that are missing so that others may pass through, not look, whatever the umask is. */
const makePassable = (folder: string): void => {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) chmodSync(made, 0o711);
};

/** Tries it with a folder that is removed again: no rule of ours would know every file system. */
const isFit = (dataDir: string, account: Account): boolean => {
  if (process.platform === 'win32') return true;
  const probe = `${dataDir}.probe`;
  try {
    rmSync(probe, { recursive: true, force: true });
    mkdirSync(probe, { mode: 0o700 });
    give(probe, account);
    const { uid, mode } = statSync(probe);
    const owned = uid === (account.uid ?? process.getuid?.()) && (mode & 0o077) === 0;
    return owned && (account.uid === undefined || canWrite(probe, account));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // No reason to go elsewhere: the data would be split.
    if (['ENOSPC', 'EROFS', 'EDQUOT'].includes(code)) throw unusable(dataDir, message, error);
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
};

const canWrite = (folder: string, account: Account): boolean =>
  succeedsAs(account, 'sh', ['-c', 'cd "$1" && : > .writable && rm .writable', 'sh', folder]);

const unusable = (dataDir: string, reason: string, cause?: unknown): EverturnError =>
  new EverturnError('folder_unusable', `Cannot use the data folder ${dataDir}: ${reason}`, {
    cause,
    details: { dataDir },
  });
