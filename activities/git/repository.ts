import { lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { entriesBelow } from '../../files/names-in.ts';
import { FileRefused, readTextBounded } from '../../files/read-bounded.ts';
import { failed } from '../tools/failed.ts';
import { quote } from '../tools/text.ts';

/** A repository whose parts are where they belong. All are real paths. */
export type Repository = {
  /** The folder whose files it keeps. */
  top: string;
  /** Its index and HEAD. */
  gitDir: string;
  /** Its objects and branches: of a worktree those of the repository it belongs to. */
  commonDir: string;
};

const isAtOrBelow = (folder: string, file: string): boolean => file === folder || file.startsWith(folder + path.sep);

const kindOf = (file: string): 'file' | 'folder' | 'link' | 'other' | null => {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  if (stats.isSymbolicLink()) return 'link';
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
};

/** Null if there is none. */
export const readShort = (file: string, most = 4096): string | null => {
  try {
    if (kindOf(file) === 'link') throw new FileRefused('it is a symbolic link');
    return readTextBounded(file, { most }).trim();
  } catch (error) {
    if (error instanceof FileRefused) throw failed(`${quote(file)} cannot be used: ${error.message}`);
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
};

const realOf = (file: string): string => {
  try {
    return realpathSync(file);
  } catch (error) {
    throw failed(`${quote(file)} cannot be used as a part of the repository`, error);
  }
};

const foreign = (gitDir: string, what: string): Error =>
  failed(
    `${what} leads to ${quote(gitDir)}, another repository that does not name this folder as its own; nothing of it is shown`,
  );

/** What `git worktree add` and `git submodule` write into the other repository, which this folder cannot write to. */
const namesAsOwn = (gitDir: string, top: string): boolean => {
  const back = readShort(path.join(gitDir, 'gitdir'));
  if (back !== null) return path.resolve(gitDir, back) === path.join(top, '.git');
  const config = readShort(path.join(gitDir, 'config'), maxConfigBytes) ?? '';
  const worktree = /^\s*worktree\s*=\s*"?([^"\n]*?)"?\s*$/m.exec(config)?.[1];
  return worktree !== undefined && path.resolve(gitDir, worktree) === top;
};

export const maxConfigBytes = 1_000_000;

const gitDirOf = (top: string): string => {
  const entry = path.join(top, '.git');
  const kind = kindOf(entry);
  if (kind === 'folder') return entry;
  if (kind === 'other' || kind === null) throw failed(`${quote(entry)} is neither a folder nor a file`);
  const named = kind === 'link' ? entry : /^gitdir: (.+)$/.exec(readShort(entry) ?? '')?.[1];
  if (named === undefined) throw failed(`${quote(entry)} is not a file of git's`);
  const gitDir = realOf(path.resolve(top, named));
  if (!isAtOrBelow(top, gitDir) && !namesAsOwn(gitDir, top)) throw foreign(gitDir, '.git');
  return gitDir;
};

const commonDirOf = (gitDir: string, top: string): string => {
  const named = readShort(path.join(gitDir, 'commondir'));
  if (named === null) return gitDir;
  const commonDir = realOf(path.resolve(gitDir, named));
  // A worktree's own data is in the repository it belongs to; what is in this folder proves nothing.
  const isProven = !isAtOrBelow(top, gitDir) && path.dirname(path.dirname(gitDir)) === commonDir;
  if (!isProven && !isAtOrBelow(top, commonDir)) throw foreign(commonDir, 'commondir');
  return commonDir;
};

/** Objects can be borrowed from any other repository of this machine, by a line in a file. */
const refuseBorrowed = (objects: string, commonDir: string, depth = 0): void => {
  const lines = (readShort(path.join(objects, 'info', 'alternates'), 100_000) ?? '').split('\n');
  for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
    const lender = realOf(path.resolve(objects, line.replace(/^"(.*)"$/, '$1')));
    if (!isAtOrBelow(commonDir, lender) || depth > 4)
      throw failed(
        `its objects/info/alternates borrows from ${quote(lender)}, another repository; "git repack -a -d" and removing that file make it whole`,
      );
    refuseBorrowed(lender, commonDir, depth + 1);
  }
};

const maxEntries = 500_000;

/** A single object or branch can be a link into another repository, or a pipe that git waits for. */
const refuseLinked = (commonDir: string): void => {
  let entries = 0;
  for (const name of ['objects', 'refs', 'reftable'])
    for (const { file, kind } of entriesBelow(path.join(commonDir, name))) {
      entries += 1;
      if (entries > maxEntries)
        throw failed(`${quote(commonDir)} has more than ${maxEntries} loose files; run "git gc"`);
      if (kind === 'other' || (kind === 'link' && !isAtOrBelow(commonDir, realOf(file))))
        throw failed(`${quote(file)} is not a file of this repository`);
    }
};

const refuseMisplaced = ({ gitDir, commonDir }: Repository): void => {
  for (const name of ['objects', 'objects/info', 'objects/pack', 'refs', 'logs', 'info', 'reftable']) {
    const file = path.join(commonDir, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    const kind = kindOf(file);
    if (kind === null && !['objects', 'refs'].includes(name)) continue;
    if (!stats?.isDirectory() || !isAtOrBelow(commonDir, realOf(file)))
      throw failed(`its ${quote(name)} is not a folder inside ${quote(commonDir)}`);
  }
  for (const file of [
    path.join(gitDir, 'index'),
    path.join(gitDir, 'HEAD'),
    ...['packed-refs', 'shallow', 'info/exclude', 'config'].map((name) => path.join(commonDir, name)),
  ]) {
    const kind = kindOf(file);
    if (kind !== null && kind !== 'file') throw failed(`${quote(file)} is not a regular file`);
  }
  refuseLinked(commonDir);
  refuseBorrowed(realOf(path.join(commonDir, 'objects')), commonDir);
};

/**
 * The repository of a folder, as git would find it by a `.git` in it or above it: no bare one, and none that a file in
 * the folder merely points to. Throws `tool_failed`.
 */
export const findRepository = (folder: string): Repository => {
  for (let top = folder; ; top = path.dirname(top)) {
    if (kindOf(path.join(top, '.git')) !== null) {
      const gitDir = gitDirOf(top);
      const repository = { top, gitDir, commonDir: commonDirOf(gitDir, top) };
      refuseMisplaced(repository);
      return repository;
    }
    if (path.dirname(top) === top) throw failed('the workspace is not in the work tree of a git repository');
  }
};
