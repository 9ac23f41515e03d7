import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { EverturnError } from '../../contracts/errors.ts';
import { openLog } from '../../files/open-log.ts';
import { exitOf } from '../../runtime/child-exit.ts';
import { lastLines, rotate } from '../../runtime/log-file.ts';
import { type EndStep, endProcess, identify } from '../../runtime/processes.ts';
import type { ChildEnvironment } from './child-environment.ts';
import type { Running, Spawned } from './service.ts';
import { spawnWithSecrets } from './spawn-with-secrets.ts';

export type NodeProcess = {
  name: string;
  /** Path of the program. It sends `{ type: 'ready' }` over its IPC channel when it serves. */
  entry: string;
  /** Of Node. Default: none. */
  flags?: readonly string[];
  cwd: string;
  env: ChildEnvironment;
  log: string;
  readyMs?: number;
};

/** Long enough for a worker to end its activities in order. */
export const stopNodeSteps: readonly EndStep[] = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * Starts a Node program of ours in a session of its own, so that neither Ctrl-C in our terminal nor our death ends
 * it. Throws `process_failed` with the end of its log when it is not ready in time.
 */
export const startNodeProcess = async (
  { name, entry, flags = [], cwd, env, log, readyMs = 60_000 }: NodeProcess,
  spawned: Spawned,
): Promise<Running> => {
  rotate(log);
  const output = openLog(log);
  const child = spawnWithSecrets([...flags, entry], { cwd, env, output });
  closeSync(output);
  const exited = exitOf(child);
  const identity = child.pid === undefined ? null : identify(child.pid);
  if (child.pid !== undefined) spawned(child.pid);
  const stop = async () => {
    if (identity) await endProcess(identity, stopNodeSteps);
  };
  const failure = await Promise.race([untilReady(child, readyMs), exited.then((how) => `it ended with ${how}`)]);
  if (failure !== null) {
    await stop();
    throw new EverturnError(
      'process_failed',
      `Cannot start ${name}: ${failure} before it was ready. Its log, ${log}, ends with:\n${lastLines(log, 12)}`,
      { details: { process: name, log } },
    );
  }
  // One that has ended is started again with what it would have been told.
  const send = (message: object): void => void (child.connected && child.send(message, () => undefined));
  return { pid: child.pid ?? 0, exited, stop, send };
};

type Ready = { type: 'ready' };
const isReady = (message: unknown): message is Ready => (message as Partial<Ready> | null)?.type === 'ready';

/** Null when it is ready, else what is wrong. */
const untilReady = (child: ChildProcess, ms: number): Promise<string | null> =>
  new Promise((resolve) => {
    const settle = (failure: string | null) => {
      clearTimeout(timer);
      resolve(failure);
    };
    const timer = setTimeout(() => settle(`it took more than ${ms / 1000} s`), ms);
    child.on('message', (message) => {
      if (isReady(message)) settle(null);
    });
    child.once('exit', () => clearTimeout(timer));
  });
