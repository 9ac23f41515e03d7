import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { type GitEnd, git } from '../tools/git.ts';

export type WorktreeOptions = {
  /** The run's, within a git repository. */
  workspace: string;
  /** Of the agent's attempt: the same one finds the same worktree. */
  name: string;
  env: Record<string, string>;
};

const mostCharacters = 100_000;
/** Says what the worktree began with. */
const baseFile = 'everturn-base';

const gitIn = (cwd: string, env: Record<string, string>) => {
  const signal = new AbortController().signal;
  const run = (args: string[]): Promise<GitEnd> => git(args, { cwd, env, signal, mostCharacters });
  const read = async (args: string[]): Promise<string> => {
    const { code, output, complaint } = await run(args);
    if (code === 0) return output.trim();
    throw new EverturnError('workspace_invalid', `Cannot give the agent a worktree of ${cwd}: ${complaint}`);
  };
  return { run, read };
};

/** Beside the repository's own data: no status and no search of the workspace sees it. */
const placeOf = async ({ workspace, name, env }: WorktreeOptions) => {
  const { read } = gitIn(workspace, env);
  const root = await read(['rev-parse', '--show-toplevel']);
  const data = path.resolve(workspace, await read(['rev-parse', '--git-common-dir']));
  return { root, folder: path.join(data, 'everturn-worktrees', name) };
};

/** A git worktree of its own, at the commit that the workspace is at. Gives the folder in it that is the workspace. */
export const openWorktree = async (options: WorktreeOptions): Promise<string> => {
  const { workspace, env } = options;
  const { root, folder } = await placeOf(options);
  if (!existsSync(path.join(folder, '.git'))) {
    await mkdir(path.dirname(folder), { recursive: true });
    await gitIn(workspace, env).read(['worktree', 'add', '--detach', '--force', folder, 'HEAD']);
  }
  const own = gitIn(folder, env);
  const base = path.join(await own.read(['rev-parse', '--absolute-git-dir']), baseFile);
  if (!existsSync(base)) await writeFile(base, await own.read(['rev-parse', 'HEAD']));
  return path.join(folder, path.relative(root, workspace));
};

/** Removes a worktree that is as it was. Gives the folder of one that has changed, which is kept; null: nothing is left. */
export const closeWorktree = async (options: WorktreeOptions): Promise<string | null> => {
  const { folder } = await placeOf(options);
  if (!existsSync(path.join(folder, '.git'))) return null;
  const own = gitIn(folder, options.env);
  const base = path.join(await own.read(['rev-parse', '--absolute-git-dir']), baseFile);
  const begunAt = existsSync(base) ? await readFile(base, 'utf8') : null;
  const isSame =
    (await own.read(['status', '--porcelain'])) === '' && (await own.read(['rev-parse', 'HEAD'])) === begunAt;
  if (!isSame) return folder;
  await gitIn(options.workspace, options.env).run(['worktree', 'remove', '--force', folder]);
  return null;
};
