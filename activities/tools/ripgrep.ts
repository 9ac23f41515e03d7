import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { endWithUs } from '../../files/reaper.ts';
import { failed } from './failed.ts';
import { temporaryPrefix } from './replace-file.ts';

const maxSeconds = 60;
const maxErrorText = 2000;

export type RipgrepRun = {
  args: string[];
  /** Folder the search starts in. */
  cwd: string;
  separator: '\n' | '\0';
  /** Real paths of what is left out, besides what the names say. */
  closed: readonly string[];
  signal: AbortSignal;
  /** False ends the search. */
  onEntry: (entry: string) => boolean;
};

/** `none` when nothing matched, `stopped` when `onEntry` said so. `complaint`: what ripgrep could not read, if anything. */
export type RipgrepEnd = { outcome: 'some' | 'none' | 'stopped'; complaint: string };

/**
 * Files of ours, of git, and of nobody are left out. A .gitignore counts in folders without git too. The user's own
 * ripgrep and git configuration does not: results depend on the workspace alone.
 */
const always = ['--no-config', '--hidden', '--no-require-git', '--sort', 'path', '--color', 'never', '--crlf'];
const leftOut = ['.git', '.everturn', `${temporaryPrefix}*`].flatMap((name) => ['--glob', `!${name}`]);

/** A glob with a slash at its start is relative to the folder of the search. */
const globsAgainst = ({ cwd, closed }: RipgrepRun): string[] =>
  closed.flatMap((path) => ['--glob', `!/${relative(cwd, path).replaceAll(/[\\*?[\]{}!]/g, '\\$&')}`]);

const forEachEntry = async (
  stream: AsyncIterable<string>,
  separator: RipgrepRun['separator'],
  onEntry: RipgrepRun['onEntry'],
): Promise<boolean> => {
  let rest = '';
  for await (const text of stream) {
    const entries = (rest + text).split(separator);
    rest = entries.pop() ?? '';
    for (const entry of entries) if (!onEntry(entry)) return false;
  }
  return rest === '' || onEntry(rest);
};

const end = (exitCode: number | null, stderr: string, entries: number): RipgrepEnd => {
  const complaint = stderr.replaceAll(/^rg: /gm, '').trim();
  if (exitCode === 0) return { outcome: 'some', complaint };
  if (exitCode === 1) return { outcome: 'none', complaint };
  // It also ends with 2 when one file among others could not be read.
  if (entries > 0) return { outcome: 'some', complaint };
  throw failed(complaint || `ripgrep ended with exit code ${exitCode}`);
};

/**
 * Runs ripgrep over the folder `cwd`; symbolic links are not followed. Entries come sorted by path. Throws `tool_failed`
 * with ripgrep's own words when it refuses its arguments, or after a minute.
 */
export const ripgrep = async (run: RipgrepRun, target = './'): Promise<RipgrepEnd> => {
  const timeout = AbortSignal.timeout(maxSeconds * 1000);
  const child = spawn(rgPath, [...always, ...run.args, ...leftOut, ...globsAgainst(run), '--', target], {
    cwd: run.cwd,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([run.signal, timeout]),
    killSignal: 'SIGKILL',
  });
  const closed = once(child, 'close');
  const callOff = child.pid === undefined ? null : endWithUs({ pid: child.pid });
  // It is awaited below; a rejection before that must not end the process.
  closed.catch(() => undefined);
  let complaint = '';
  let entries = 0;
  const onEntry = (entry: string) => {
    entries += 1;
    return run.onEntry(entry);
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < maxErrorText) complaint += text;
  });
  try {
    const all = await forEachEntry(child.stdout.setEncoding('utf8'), run.separator, onEntry);
    if (!all) child.kill('SIGKILL');
    await closed;
    if (!all) return { outcome: 'stopped', complaint };
  } catch (error) {
    child.kill('SIGKILL');
    await closed.catch(() => undefined);
    run.signal.throwIfAborted();
    if (timeout.aborted) throw failed(`the search took over ${maxSeconds} s; give a narrower path or glob`, error);
    throw error;
  } finally {
    callOff?.();
  }
  return end(child.exitCode, complaint, entries);
};
