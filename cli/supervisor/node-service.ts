import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { EverturnError } from '../../contracts/errors.ts';
import { openLog } from '../../files/open-log.ts';
import { exitOf } from '../../runtime/child-exit.ts';
import { lastLines, rotate } from '../../runtime/log-file.ts';
import { type EndStep, endProcess, identify } from '../../runtime/processes.ts';
import { spareVariable } from '../../runtime/spare.ts';
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
 * Starts one of our Node programs in its own session, so that neither Ctrl-C in our terminal nor our death ends
 * it. Throws `process_failed` with the end of its log when it is not ready in time.
 */
export const startNodeProcess = (program: NodeProcess, spawned: Spawned): Promise<Running> => {
  rotate(program.log);
  return untilServing(launch(program), program, spawned);
};

/** A process that has loaded its program and waits to be wanted. It ends with us. */
export type SpareProcess = {
  isAlive(): boolean;
  /** As `startNodeProcess`, without the time that loading takes. */
  begin(spawned: Spawned): Promise<Running>;
  stop(): Promise<void>;
};

/** For programs that wait with `untilWanted`. */
export const startSpareProcess = (program: NodeProcess): SpareProcess => {
  const { env } = program;
  const launched = launch({ ...program, env: { ...env, plain: { ...env.plain, [spareVariable]: '1' } } });
  return {
    isAlive: () => launched.child.exitCode === null && launched.child.signalCode === null,
    begin: (spawned) => {
      const serving = untilServing(launched, program, spawned);
      launched.send({ type: 'wanted' });
      return serving;
    },
    stop: launched.stop,
  };
};

type Launched = { child: ChildProcess; exited: Promise<string>; stop(): Promise<void>; send(message: object): void };

const launch = ({ entry, flags = [], cwd, env, log }: NodeProcess): Launched => {
  const output = openLog(log);
  const child = spawnWithSecrets([...flags, entry], { cwd, env, output });
  closeSync(output);
  const identity = child.pid === undefined ? null : identify(child.pid);
  return {
    child,
    exited: exitOf(child),
    stop: async () => {
      if (identity) await endProcess(identity, stopNodeSteps);
    },
    // One that has ended is restarted with the new configuration.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
  };
};

const untilServing = async (
  { child, exited, stop, send }: Launched,
  { name, log, readyMs = 60_000 }: NodeProcess,
  spawned: Spawned,
): Promise<Running> => {
  if (child.pid !== undefined) spawned(child.pid);
  const failure = await Promise.race([untilReady(child, readyMs), exited.then((how) => `it ended with ${how}`)]);
  if (failure !== null) {
    await stop();
    throw new EverturnError(
      'process_failed',
      `Cannot start ${name}: ${failure} before it was ready. Its log, ${log}, ends with:\n${lastLines(log, 12)}`,
      { details: { process: name, log } },
    );
  }
  return { pid: child.pid ?? 0, exited, stop, send };
};

type Ready = { type: 'ready' };
const isReady = (message: unknown): message is Ready => (message as Partial<Ready> | null)?.type === 'ready';

/** Null when it is ready, otherwise what is wrong. */
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
