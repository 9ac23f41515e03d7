import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { kernelText } from '../../files/kernel.ts';
import { openUnconfined } from './confine/tracked.ts';
import type { ToolContext } from './tool.ts';

/** So that a test can look for the processes of a command by the pids that it writes down. */
const confinement = openUnconfined(null);

/** A new real folder with nothing in it; it goes with the test. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'everturn-tools-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** What a worker gives a tool, on a new workspace. */
export const testContext = async (changes: Partial<ToolContext> = {}): Promise<ToolContext> => ({
  sessionId: 'session',
  turn: 1,
  workspace: await temporaryFolder(),
  dataFolders: [],
  signal: new AbortController().signal,
  idempotencyKey: `session/1/1/${randomUUID()}`,
  onOutput: () => undefined,
  env: { PATH: process.env.PATH ?? '' },
  confinement,
  commandSeconds: 30,
  ...changes,
});

/** A dead process that nobody has reaped yet does not run. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(kernelText(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
};

/** Node itself cannot make a named pipe. */
export const makePipe = (path: string): void => {
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
};
