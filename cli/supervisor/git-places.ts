import { execFileSync } from 'node:child_process';
import { appendFileSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findProgram, safePath } from '../../files/programs.ts';
import { realFolder } from '../../trust/home.ts';

const kindOf = (file: string): 'folder' | 'file' | null => {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isDirectory() ? 'folder' : stats?.isFile() ? 'file' : null;
};

const readSmall = (file: string): string | null => {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() && stats.size < 100_000 ? readFileSync(file, 'utf8') : null;
};

type Repository = { top: string; gitDir: string };

/** The nearest folder above that has a `.git`, whatever that is. */
const repositoryOf = (project: string): { top: string; dotGit: string } | null => {
  for (let folder = realFolder(project); ; folder = path.dirname(folder)) {
    const dotGit = path.join(folder, '.git');
    if (kindOf(dotGit) !== null) return { top: folder, dotGit };
    if (path.dirname(folder) === folder) return null;
  }
};

/**
 * Where git keeps what all worktrees share. A `.git` that is a file may name any folder: it counts when that one names it
 * back, as git's own worktrees do.
 */
const sharedGitDir = ({ top, dotGit }: { top: string; dotGit: string }): Repository | null => {
  if (kindOf(dotGit) === 'folder') return isGitDir(dotGit) ? { top, gitDir: dotGit } : null;
  const named = /^gitdir: (.+)$/m.exec(readSmall(dotGit) ?? '')?.[1]?.trim();
  if (named === undefined) return null;
  const own = path.resolve(top, named);
  const back = readSmall(path.join(own, 'gitdir'))?.trim();
  if (back === undefined || !isSame(path.resolve(own, back), dotGit)) return null;
  const common = path.resolve(own, readSmall(path.join(own, 'commondir'))?.trim() ?? '.');
  return isGitDir(common) ? { top, gitDir: common } : null;
};

const isGitDir = (folder: string): boolean =>
  kindOf(path.join(folder, 'HEAD')) === 'file' && kindOf(path.join(folder, 'objects')) === 'folder';

const isSame = (one: string, other: string): boolean => {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
};

/** Whether a repository ignores the folder: `no` says why it cannot be made to. */
export type Excluded = { outcome: 'written' | 'was' | 'no-git' } | { outcome: 'no'; why: string };

/** Writes `.everturn/` of the project into `info/exclude` of its repository, where that is surely git's own file. */
export const excludeFromGit = (project: string): Excluded => {
  const found = repositoryOf(project);
  if (!found) return { outcome: 'no-git' };
  const repository = sharedGitDir(found);
  if (!repository) return { outcome: 'no', why: `${found.dotGit} is not a folder or a worktree that git made` };
  const file = path.join(repository.gitDir, 'info', 'exclude');
  const folder = path.dirname(file);
  const line = `/${path.join(path.relative(repository.top, realFolder(project)), '.everturn')}/`;
  try {
    if (kindOf(folder) !== 'folder') return { outcome: 'no', why: `there is no folder ${folder}` };
    const present = lstatSync(file, { throwIfNoEntry: false }) === undefined ? '' : readSmall(file);
    if (present === null) return { outcome: 'no', why: `${file} is not a small regular file` };
    if (present.split('\n').some((one) => one.trim() === line)) return { outcome: 'was' };
    appendFileSync(file, `${present === '' || present.endsWith('\n') ? '' : '\n'}${line}\n`);
    return { outcome: 'written' };
  } catch (error) {
    return { outcome: 'no', why: (error as Error).message };
  }
};

const asVariables = (settings: Record<string, string>): Record<string, string> =>
  Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(Object.keys(settings).length)],
    ...Object.entries(settings).flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);

/** Of these names below `.everturn`, those that git has files of: a pull may have written them. None without git. */
export const trackedBelow = (project: string, names: readonly string[]): string[] => {
  const folders = safePath(process.env.PATH ?? '', realFolder(project));
  const git = findProgram('git', folders);
  if (!repositoryOf(project) || git === null) return [];
  try {
    const listed = execFileSync(git, ['ls-files', '-z', '--', ...names.map((name) => `.everturn/${name}`)], {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
      maxBuffer: 1024 * 1024,
      // The repository's own configuration may start programs and reach the network.
      env: {
        ...asVariables({ 'safe.directory': '*', 'core.fsmonitor': 'false', 'core.hooksPath': '/dev/null' }),
        PATH: folders.join(path.delimiter),
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_LITERAL_PATHSPECS: '1',
        GIT_NO_LAZY_FETCH: '1',
        GIT_ALLOW_PROTOCOL: 'none',
      },
    });
    const tracked = new Set(listed.split('\0').map((file) => file.split('/')[1] ?? ''));
    return names.filter((name) => tracked.has(name));
  } catch (error) {
    // More names than anyone means to have there, or an answer that does not come: not what was made here.
    const isEndless = ['ENOBUFS', 'ETIMEDOUT'].includes((error as NodeJS.ErrnoException).code ?? '');
    return isEndless ? [...names] : [];
  }
};
