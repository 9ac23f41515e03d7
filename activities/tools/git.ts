import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errnoOf } from './errno.ts';
import { failed } from './failed.ts';

const run = promisify(execFile);
const longestSeconds = 60;

export type Setting = [key: string, value: string];
export type GitRun = { cwd: string; env: Record<string, string>; signal: AbortSignal; mostCharacters: number };
/** `isCut`: there was more output than was asked for. */
export type GitEnd = { code: number; output: string; complaint: string; isCut: boolean };

/**
 * The user's own configuration does not count: results depend on the workspace alone. The repository's may have been
 * written by a model, and must not make git start a program or reach the network.
 */
const safe: Setting[] = [
  ['safe.directory', '*'],
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.quotePath', 'false'],
  ['protocol.allow', 'never'],
];

/** As variables, not as options: the keys of a repository can hold anything. */
const asVariables = (settings: readonly Setting[]): Record<string, string> => ({
  GIT_CONFIG_COUNT: String(settings.length),
  ...Object.fromEntries(
    settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
});

const environment = ({ PATH = '' }: Record<string, string>, settings: readonly Setting[]): Record<string, string> => ({
  ...asVariables(settings),
  PATH,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_LAZY_FETCH: '1',
});

/** Runs git in a folder, without a shell or a pager. Throws `tool_failed` when it cannot be run or takes a minute. */
export const git = async (
  args: string[],
  { cwd, env, signal, mostCharacters }: GitRun,
  settings: readonly Setting[] = [],
): Promise<GitEnd> => {
  const timeout = AbortSignal.timeout(longestSeconds * 1000);
  try {
    const { stdout, stderr } = await run('git', ['--no-pager', ...args], {
      cwd,
      env: environment(env, [...safe, ...settings]),
      signal: AbortSignal.any([signal, timeout]),
      killSignal: 'SIGKILL',
      maxBuffer: mostCharacters,
    });
    return { code: 0, output: stdout, complaint: stderr.trim(), isCut: false };
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) throw failed(`git took over ${longestSeconds} s; give a narrower path`, error);
    if (errnoOf(error) === 'ENOENT') throw failed('git is not installed where the worker runs', error);
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return { code: 0, output: stdout, complaint: '', isCut: true };
    if (typeof code !== 'number') throw error;
    return { code, output: stdout, complaint: stderr.trim(), isCut: false };
  }
};
