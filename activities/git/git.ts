import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { findProgram, safePath } from '../../files/programs.ts';
import { endWithUs } from '../../files/reaper.ts';
import { failed } from '../tools/failed.ts';
import { makePrivateDir } from './private-dir.ts';
import { findRepository, type Repository } from './repository.ts';

const run = promisify(execFile);
const maxSeconds = 60;
/** Of address space: a file without end in a place that git reads must not take the machine's memory. */
const maxKilobytes = 8_000_000;

export type GitOptions = {
  /** In the work tree of a repository; git runs here. A real path. */
  folder: string;
  /** Only PATH of this is used. */
  env: Record<string, string>;
  signal: AbortSignal;
};
/** `isCut`: there was more output than was asked for. */
export type GitEnd = { code: number; output: string; complaint: string; isCut: boolean };

export type Git = {
  repository: Repository;
  /** `index`: another one than the repository's. `workTree`: the folder whose files count; default: the repository's. */
  run(args: readonly string[], options: { maxCharacters: number; index?: string; workTree?: string }): Promise<GitEnd>;
  /** The output of a run that ends well; otherwise throws `tool_failed` with git's own words. */
  read(args: readonly string[], options?: { index?: string; workTree?: string }): Promise<string>;
};

/** Whatever the user or the machine has set up for git does not count, nor does what git could ask or call. */
const environment = (folders: readonly string[]): Record<string, string> => ({
  PATH: folders.join(path.delimiter),
  LC_ALL: 'C',
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  GIT_SSH_COMMAND: 'false',
  GIT_EDITOR: 'false',
  GIT_SEQUENCE_EDITOR: 'false',
  GIT_PAGER: 'cat',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
});

const start = async (
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; signal: AbortSignal; maxCharacters: number },
): Promise<GitEnd> => {
  const timeout = AbortSignal.timeout(maxSeconds * 1000);
  const limited = ['-c', `ulimit -v ${maxKilobytes} 2>/dev/null; exec "$0" "$@"`, program, '--no-pager', ...args];
  let callOff: (() => void) | null = null;
  try {
    const running = run('/bin/sh', limited, {
      cwd: options.cwd,
      env: options.env,
      signal: AbortSignal.any([options.signal, timeout]),
      killSignal: 'SIGKILL',
      maxBuffer: options.maxCharacters,
    });
    if (running.child.pid !== undefined) callOff = endWithUs({ pid: running.child.pid });
    const { stdout, stderr } = await running;
    return { code: 0, output: stdout, complaint: stderr.trim(), isCut: false };
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) throw failed(`git took over ${maxSeconds} s; give a narrower path`, error);
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return { code: 0, output: stdout, complaint: '', isCut: true };
    if (typeof code !== 'number') throw error;
    return { code, output: stdout, complaint: stderr.trim(), isCut: false };
  } finally {
    callOff?.();
  }
};

const maxShort = 100_000;

/**
 * The one place that runs git. It reads the repository of a folder through a temporary git folder (see `private-dir.ts`),
 * so that nothing a repository says makes git start a program, reach the network or look into another repository.
 * Throws `tool_failed` if there is no repository, if it depends on another one, or if git is missing or takes a minute.
 */
export const withGit = async <T>({ folder, env, signal }: GitOptions, use: (git: Git) => Promise<T>): Promise<T> => {
  const repository = findRepository(folder);
  const folders = safePath(env.PATH ?? '', repository.top);
  const program = findProgram('git', folders);
  if (program === null) throw failed('git is not installed where the worker runs');
  const base = environment(folders);
  const listConfig = async (file: string, gitDir: string): Promise<string> => {
    const args = ['config', '--file', file, '--no-includes', '--null', '--list'];
    const inside = { ...base, GIT_DIR: gitDir };
    const { code, output } = await start(program, args, {
      cwd: gitDir,
      env: inside,
      signal,
      maxCharacters: 4_000_000,
    });
    if (code !== 0) throw failed("the repository's configuration cannot be read");
    return output;
  };
  const dir = await makePrivateDir(repository, listConfig);
  const runGit: Git['run'] = (args, { maxCharacters, index, workTree = repository.top }) => {
    const places = {
      GIT_DIR: dir,
      GIT_WORK_TREE: workTree,
      GIT_OBJECT_DIRECTORY: path.join(repository.commonDir, 'objects'),
      GIT_INDEX_FILE: index ?? path.join(repository.gitDir, 'index'),
    };
    const cwd = workTree === repository.top ? folder : workTree;
    return start(program, args, { cwd, env: { ...base, ...places }, signal, maxCharacters });
  };
  const read: Git['read'] = async (args, options) => {
    const { code, output, complaint } = await runGit(args, { maxCharacters: maxShort, ...options });
    if (code === 0) return output.trim();
    throw failed(complaint || `git ended with exit code ${code}`);
  };
  try {
    return await use({ repository, run: runGit, read });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};
