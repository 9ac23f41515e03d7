import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What a user has no home for is looked up here, and not found. */
const nowhere = path.join(path.sep, 'nonexistent');

/** A user without a name in passwd and without HOME has none: a path that does not exist. */
export const homeFolder = (): string => {
  try {
    return os.homedir() || nowhere;
  } catch {
    return nowhere;
  }
};

const isRoot = (): boolean => process.getuid?.() === 0;
/** Whether this process may write there, or make it. Changes nothing. */
export const isWritable = (folder: string): boolean => {
  let existing = path.resolve(folder);
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    return statSync(existing).isDirectory();
  } catch {
    return false;
  }
};

type Kind = 'cache' | 'config' | 'data';
const ofXdg: Record<Kind, [variable: string, below: string]> = {
  cache: ['XDG_CACHE_HOME', '.cache'],
  config: ['XDG_CONFIG_HOME', '.config'],
  data: ['XDG_DATA_HOME', path.join('.local', 'share')],
};
const ofMacOs: Record<Kind, string> = { cache: 'Caches', config: 'Preferences', data: 'Application Support' };
const ofWindows: Record<Kind, [variable: string, below: string, own: string]> = {
  cache: ['LOCALAPPDATA', 'Local', 'Cache'],
  config: ['APPDATA', 'Roaming', 'Config'],
  data: ['LOCALAPPDATA', 'Local', 'Data'],
};

/** Ours, by the system's conventions: XDG, or those of macOS and Windows. */
export const conventionalFolder = (kind: Kind): string => {
  const home = homeFolder();
  if (process.platform === 'darwin') return path.join(home, 'Library', ofMacOs[kind], 'everturn');
  if (process.platform === 'win32') {
    const [variable, below, own] = ofWindows[kind];
    return path.join(process.env[variable] || path.join(home, 'AppData', below), 'everturn', own);
  }
  const [variable, below] = ofXdg[kind];
  return path.join(process.env[variable] || path.join(home, below), 'everturn');
};

/** For this user only. Others can make a folder of this name first: {@link makeCacheFolder} refuses theirs. */
const temporaryCache = (): string => path.join(os.tmpdir(), `everturn-cache-${process.getuid?.() ?? 'user'}`);

/** Where programs that were fetched or built are looked for; the first one that can be written is added to. */
export const cacheFolders = (): string[] =>
  process.env.EVERTURN_CACHE ? [process.env.EVERTURN_CACHE] : [conventionalFolder('cache'), ...ownTemporaryCache()];

/** The user's cache; EVERTURN_CACHE names another. In the temporary folder where the home cannot be written. */
export const cacheFolder = (): string => {
  if (process.env.EVERTURN_CACHE) return process.env.EVERTURN_CACHE;
  const usual = conventionalFolder('cache');
  return isWritable(usual) ? usual : temporaryCache();
};

/** Makes {@link cacheFolder}. Throws when its place in the temporary folder belongs to someone else. */
export const makeCacheFolder = (): string => {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: folder === temporaryCache() ? 0o700 : 0o755 });
  if (folder === temporaryCache() && !isOwn(folder)) {
    throw new Error(`${folder} belongs to another user: set EVERTURN_CACHE to a folder of yours`);
  }
  return folder;
};

const ownTemporaryCache = (): string[] => [temporaryCache()].filter(isOwn);

/** A real folder that no other user could have written to. */
const isOwn = (folder: string): boolean => {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
};

/**
 * Makes the folder for programs that another user runs, and gives its path. Root's is reachable by all and written by
 * root only; for other users it is {@link makeCacheFolder}.
 */
export const makeSharedCacheFolder = (): string => {
  if (!isRoot()) return makeCacheFolder();
  const usual = path.join(path.sep, 'var', 'cache', 'everturn');
  const folder = isWritable(usual) ? usual : path.join(os.tmpdir(), 'everturn-shared');
  mkdirSync(folder, { recursive: true });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== 0) throw new Error(`${folder} does not belong to root: move it away`);
  // Whatever the umask is.
  chmodSync(folder, 0o755);
  return folder;
};

/** Where data goes that cannot be kept in its project. EVERTURN_DATA names another. */
export const dataFolder = (): string => {
  if (process.env.EVERTURN_DATA) return path.resolve(process.env.EVERTURN_DATA);
  return isRoot() ? path.join(path.sep, 'var', 'lib', 'everturn') : conventionalFolder('data');
};

/**
 * Where the stack of a project keeps what it writes: `.everturn` in it. A project that cannot be written or whose path is
 * too long, or whose user set EVERTURN_DATA, has it elsewhere, still below a folder `.everturn`, which is closed to
 * tools. One that holds data already stays where it is.
 */
export const stackFolder = (project: string): string => {
  const own = path.join(path.resolve(project), '.everturn');
  if (existsSync(path.join(own, 'data')) || (!process.env.EVERTURN_DATA && isWritable(own) && isShort(own))) return own;
  const name = `${path.basename(path.resolve(project)).slice(0, 40)}-${hashOf(path.resolve(project))}`;
  return path.join(dataFolder(), 'projects', name, '.everturn');
};

/** SQLite has room for 512 bytes, Postgres for 1024; both append names of their own. */
const isShort = (folder: string): boolean => Buffer.byteLength(folder) <= 450;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
