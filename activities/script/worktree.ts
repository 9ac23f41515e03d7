import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { type Git, withGit } from '../git/git.ts';
import { findRepository, readShort } from '../git/repository.ts';

export type WorktreeOptions = {
  /** The run's, within a git repository. */
  workspace: string;
  /** Of the agent's attempt: the same one finds the same worktree. */
  name: string;
  env: Record<string, string>;
  /** Ends git. */
  signal?: AbortSignal;
};

/** Says what the worktree began with. */
const baseFile = 'everturn-base';

const gitOptions = (folder: string, { env, signal }: WorktreeOptions) => ({
  folder,
  env,
  signal: signal ?? new AbortController().signal,
});

type WorktreeFolders = {
  /** Whose files the worktree has. */
  root: string;
  folder: string;
  /** What git knows of the worktree. */
  admin: string;
};

/** Also where the repository cannot be used. */
export const isInRepository = (workspace: string): boolean => {
  for (let folder = workspace; ; folder = path.dirname(folder)) {
    if (lstatSync(path.join(folder, '.git'), { throwIfNoEntry: false })) return true;
    if (path.dirname(folder) === folder) return false;
  }
};

/** Beside the repository's own data: no status and no search of the workspace sees it. */
const placeOf = ({ workspace, name }: WorktreeOptions): WorktreeFolders => {
  const { top, commonDir } = findRepository(workspace);
  return {
    root: top,
    folder: path.join(commonDir, 'everturn-worktrees', name),
    admin: path.join(commonDir, 'worktrees', `everturn-${name}`),
  };
};

/** Empty, also after an attempt that was cut off. A link in place of a folder would lead all that is written elsewhere. */
const makeEmpty = async (folder: string): Promise<void> => {
  const parent = path.dirname(folder);
  await mkdir(parent, { recursive: true });
  if (realpathSync(parent) !== parent) throw new EverturnError('tool_failed', `${parent} is a symbolic link`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
};

const headOf = async (git: Git): Promise<string> => {
  const { code, output } = await git.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    maxCharacters: 100,
  });
  if (code === 0) return output.trim();
  throw new EverturnError('workspace_invalid', 'its repository has no commit yet. Make one first: git commit');
};

/**
 * What `git worktree add` does, without what it starts: no hook runs, and no filter of the repository. Files that one
 * would have changed (Git LFS, for one) are there as they are stored.
 */
const addWorktree = async (git: Git, { folder, admin }: WorktreeFolders): Promise<void> => {
  const head = await headOf(git);
  await makeEmpty(folder);
  await makeEmpty(admin);
  const own = { index: path.join(admin, 'index'), workTree: folder };
  await git.read(['read-tree', head], own);
  await git.read(['checkout-index', '--all', '--index', '--quiet'], own);
  await writeFile(path.join(admin, 'HEAD'), `${head}\n`);
  await writeFile(path.join(admin, 'commondir'), '../..\n');
  await writeFile(path.join(admin, 'gitdir'), `${path.join(folder, '.git')}\n`);
  await writeFile(path.join(admin, baseFile), head);
  // The last: it says that the rest is there.
  await writeFile(path.join(folder, '.git'), `gitdir: ${admin}\n`, { flag: 'wx' });
};

/** Throws `workspace_invalid`. */
const explained = async <T>(workspace: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EverturnError('workspace_invalid', `Cannot give the agent a worktree of ${workspace}: ${reason}`, {
      cause: error,
    });
  }
};

/** A git worktree of its own, at the commit that the workspace is at. Gives the folder in it that is the workspace. */
export const openWorktree = (options: WorktreeOptions): Promise<string> =>
  explained(options.workspace, async () => {
    const place = placeOf(options);
    if (!existsSync(path.join(place.folder, '.git')))
      await withGit(gitOptions(options.workspace, options), (git) => addWorktree(git, place));
    return path.join(place.folder, path.relative(place.root, options.workspace));
  });

/** Also what cannot be looked at is taken for changed: such as a worktree whose agent replaced its `.git`. */
const isAsItWas = async ({ folder, admin }: WorktreeFolders, options: WorktreeOptions): Promise<boolean> => {
  // Submodules that the agent checked out have their data here, and may have changed.
  if (existsSync(path.join(admin, 'modules'))) return false;
  try {
    return await withGit(gitOptions(folder, options), async (git) => {
      if (git.repository.gitDir !== admin) return false;
      const status = ['status', '--porcelain', '--ignore-submodules=all', '--untracked-files=normal'];
      const { code, output, isCut } = await git.run(status, { maxCharacters: 1000 });
      const head = await git.read(['rev-parse', '--verify', 'HEAD^{commit}']);
      return code === 0 && !isCut && output.trim() === '' && head === readShort(path.join(admin, baseFile));
    });
  } catch (error) {
    if (error instanceof EverturnError) return false;
    throw error;
  }
};

/** Removes a worktree that is as it was. Gives the folder of one that has changed, which is kept; null: nothing is left. */
export const closeWorktree = (options: WorktreeOptions): Promise<string | null> =>
  explained(options.workspace, async () => {
    const place = placeOf(options);
    if (!existsSync(place.folder)) return null;
    if (!(await isAsItWas(place, options))) return place.folder;
    await rm(place.folder, { recursive: true, force: true });
    await rm(place.admin, { recursive: true, force: true });
    return null;
  });
