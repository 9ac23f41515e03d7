import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChangeMode } from '../../contracts/file-changes.ts';
import { kernelText } from '../../files/kernel.ts';
import type { ChangeQueue } from '../changes/queue.ts';
import { type Changes, createChanges } from '../changes/session-changes.ts';
import { memoryQueue } from '../changes/testing/memory-queue.ts';
import { openUnconfined } from './confine/tracked.ts';
import type { ToolContext, ToolResult } from './tool.ts';

/** So that a test can look for the processes of a command by the pids that it writes down. */
const confinement = openUnconfined(null);

/** A new real folder with nothing in it; it goes with the test. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'everturn-tools-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** What a worker gives a tool, on a new workspace. Changes of files are applied at once, from a queue in memory. */
export const testContext = async (
  changes: Partial<ToolContext> & { queue?: ChangeQueue; mode?: ChangeMode } = {},
): Promise<ToolContext> => {
  const { queue = memoryQueue(), mode = 'auto', ...given } = changes;
  const workspace = given.workspace ?? (await temporaryFolder());
  const dataFolders = given.dataFolders ?? [];
  const idempotencyKey = given.idempotencyKey ?? `session/1/1/${randomUUID()}`;
  let calls = 0;
  // Each run of a tool is a call of its own, as each has a key of its own, unless a test gives one.
  const ofCall = (): Changes => {
    const key = given.idempotencyKey ?? `${idempotencyKey}/${calls}`;
    return createChanges(
      queue,
      { workspace, dataFolders },
      { sessionId: 'session', turn: 1, step: 1, call: calls, tool: 'test', key, mode },
    );
  };
  const each: Changes = {
    see: (path) => ofCall().see(path),
    exclusively: (work) => {
      calls += 1;
      return ofCall().exclusively(work);
    },
    earlier: () => ofCall().earlier(),
    checkAsked: () => ofCall().checkAsked(),
    submit: (drafts, words) => ofCall().submit(drafts, words),
    applyStaged: (ids) => ofCall().applyStaged(ids),
  };
  return {
    sessionId: 'session',
    turn: 1,
    workspace,
    dataFolders,
    signal: new AbortController().signal,
    idempotencyKey,
    onOutput: () => undefined,
    env: { PATH: process.env.PATH ?? '' },
    confinement,
    commandSeconds: 30,
    changes: each,
    ...given,
  };
};

/** What a tool says before the diff. */
export const said = ({ text }: ToolResult): string => text.split('\n\n', 1)[0] ?? '';

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
