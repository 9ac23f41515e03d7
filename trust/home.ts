import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOwnFile } from '../files/own-file.ts';
import { conventionalFolder } from '../files/places.ts';

/** Names of what is kept about a project: what the user trusted, and the data folder that was made for it. */
export type RecordName = 'trust' | 'data';

const ourUid = (): number | null => process.getuid?.() ?? null;

/** A folder of this user's own, made where it is missing; null where it cannot be. */
const ownFolder = (folder: string): string | null => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    const isPrivate = (ourUid() === null || uid === ourUid()) && (mode & 0o022) === 0;
    return isPrivate && lstatSync(folder).isDirectory() ? folder : null;
  } catch {
    return null;
  }
};

/**
 * Where this user's decisions are kept: `$XDG_CONFIG_HOME/everturn/projects`, never inside a project. A user without a
 * home that can be written has a folder below the system's temporary one, which lasts as long as that.
 */
const recordsFolder = (): string => {
  const usual = path.join(conventionalFolder('config'), 'projects');
  if (ownFolder(path.dirname(usual)) !== null && ownFolder(usual) !== null) return usual;
  const fallback = path.join(os.tmpdir(), `everturn-${ourUid() ?? os.userInfo().username}`, 'projects');
  if (ownFolder(path.dirname(fallback)) !== null && ownFolder(fallback) !== null) return fallback;
  throw new Error(
    `Cannot keep what you trust: neither ${usual} nor ${fallback} can be created with access for you only. Set XDG_CONFIG_HOME to a folder that you can write`,
  );
};

/** The path without links; of a folder that is not there, as it is. */
export const realFolder = (project: string): string => {
  try {
    return realpathSync(project);
  } catch {
    return path.resolve(project);
  }
};

const folderOf = (project: string): string =>
  path.join(recordsFolder(), createHash('sha256').update(realFolder(project)).digest('hex').slice(0, 32));

const parsed = (file: string): unknown => {
  const own = readOwnFile(file);
  try {
    return 'text' in own ? JSON.parse(own.text) : null;
  } catch {
    return null;
  }
};

/** A path beside them, for a lock. The folder is made. */
export const recordLock = (project: string): string => {
  mkdirSync(folderOf(project), { recursive: true, mode: 0o700 });
  return path.join(folderOf(project), 'lock');
};

/** What is kept about a project, unchecked; null if there is nothing that only this user can have written. */
export const readRecord = (project: string, name: RecordName): unknown =>
  parsed(path.join(folderOf(project), `${name}.json`));

export const writeRecord = (project: string, name: RecordName, record: object): void => {
  const folder = folderOf(project);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${name}.json`);
  const unfinished = `${file}.${process.pid}`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, file);
};

/** Says whether there was one. */
export const removeRecord = (project: string, name: RecordName): boolean => {
  const file = path.join(folderOf(project), `${name}.json`);
  const isThere = lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  rmSync(file, { force: true });
  return isThere;
};

/** Removes all that is kept about a project. */
export const forget = (project: string): void => rmSync(folderOf(project), { recursive: true, force: true });

/** Of every project. */
export const allRecords = (name: RecordName): unknown[] =>
  readdirSync(recordsFolder())
    .map((folder) => parsed(path.join(recordsFolder(), folder, `${name}.json`)))
    .filter((record) => record !== null);
