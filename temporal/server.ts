import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { openLog } from '../files/open-log.ts';
import { homeFolder } from '../files/places.ts';
import { exitOf } from '../runtime/child-exit.ts';
import { lastLines } from '../runtime/log-file.ts';
import { isPortFree } from '../runtime/ports.ts';
import { endProcess, identify } from '../runtime/processes.ts';
import { untilServing } from './ready.ts';
import { searchAttributeFlags, tuningFlags } from './settings.ts';
import { stopTemporalSteps } from './stop-steps.ts';

export type TemporalOptions = {
  /** The `temporal` command, as `findTemporal` gives it. */
  binary: string;
  /** Null keeps everything in memory, for tests. */
  dbFile: string | null;
  port: number;
  /** Null starts no web page. */
  uiPort: number | null;
  /** Where its page listens. Default: 127.0.0.1. */
  uiIp?: string;
  /** Appended to. Default: kept only when the start fails. */
  log?: string;
  /** Called with the pid at once, so that the server can be found again if its starter is killed. */
  onSpawn?: (pid: number) => void;
};

export type RunningTemporal = {
  address: string;
  uiUrl: string | null;
  pid: number;
  /** How the server ended, once it has. Never rejects. */
  exited: Promise<string>;
  /** Within 5 s, otherwise by SIGKILL: its file survives both. Idempotent. */
  stop(): Promise<void>;
};

const loopback = '127.0.0.1';
const startLimitMs = 30_000;

/**
 * Starts the server on loopback, with our search attributes, in a process group of its own: it outlives us unless
 * `stop` is called. Resolves when it answers. Throws `port_taken` or `process_failed`.
 */
export const startTemporal = async (options: TemporalOptions): Promise<RunningTemporal> => {
  const log = options.log ?? path.join(tmpdir(), `everturn-temporal-${process.pid}-${options.port}.log`);
  for (let attempt = 1; ; attempt++) {
    await refuseTaken(options.port, 'Temporal');
    if (options.uiPort !== null) await refuseTaken(options.uiPort, 'the Temporal UI', options.uiIp);
    const outcome = await startOnce(options, log);
    // It need not be kept; the server still writes to its open file.
    if (options.log === undefined && !isFailure(outcome)) rmSync(log, { force: true });
    if (!isFailure(outcome)) return outcome;
    const lines = lastLines(log, 5);
    if (attempt < attempts && innerPortTaken.test(lines)) continue;
    throw new EverturnError(
      'process_failed',
      `Cannot start Temporal with ${options.binary}: ${outcome.failure}. Its log, ${log}, ends with:\n${lines}`,
    );
  }
};

/** It chooses ports for its inner services itself, and another server that starts now may have taken one. */
const innerPortTaken = /address already in use/i;
const attempts = 3;

type Failure = { failure: string };
const isFailure = (outcome: RunningTemporal | Failure): outcome is Failure => 'failure' in outcome;

const startOnce = async (options: TemporalOptions, log: string): Promise<RunningTemporal | Failure> => {
  const { port, uiPort, uiIp = loopback } = options;
  const child = spawnServer(options, log);
  const exited = exitOf(child);
  const identity = child.pid === undefined ? null : identify(child.pid);
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  const stop = async () => {
    if (identity) await endProcess(identity, stopTemporalSteps);
  };
  const address = `127.0.0.1:${port}`;
  const abandoned = new AbortController();
  const serving = untilServing(address, AbortSignal.any([abandoned.signal, AbortSignal.timeout(startLimitMs)]));
  const outcome = await Promise.race([serving, exited]);
  abandoned.abort();
  if (outcome === true) {
    const uiUrl = uiPort === null ? null : `http://${uiIp}:${uiPort}`;
    return { address, uiUrl, pid: child.pid ?? 0, exited, stop };
  }
  await stop();
  return {
    failure: outcome === false ? `it did not answer within ${startLimitMs / 1000} s` : `it ended with ${outcome}`,
  };
};

const refuseTaken = async (port: number, who: string, ip = loopback): Promise<void> => {
  if (await isPortFree(port, ip)) return;
  throw new EverturnError('port_taken', `Cannot start ${who}: port ${port} on ${ip} is taken; name another`, {
    details: { port },
  });
};

const spawnServer = ({ binary, dbFile, port, uiPort, uiIp = loopback }: TemporalOptions, log: string): ChildProcess => {
  const folder = dbFile === null ? tmpdir() : path.dirname(path.resolve(dbFile));
  if (dbFile !== null) makePrivate(dbFile);
  const output = openLog(log);
  const ui =
    uiPort === null ? ['--headless'] : ['--ui-ip', uiIp, '--ui-port', String(uiPort), '--ui-disable-news-fetch'];
  const flags = [
    ...['--ip', '127.0.0.1', '--port', String(port), ...ui],
    ...['--disable-config-file', '--disable-config-env', '--log-level', 'warn'],
    ...searchAttributeFlags(),
    // By its name: in the path of a SQLite file some characters, such as ?, mean something else.
    ...tuningFlags(dbFile === null ? null : path.basename(dbFile)),
  ];
  const mask = process.umask(0o077);
  try {
    return spawn(binary, ['server', 'start-dev', ...flags], {
      cwd: folder,
      // Go asks for both where passwd does not know the user.
      env: { PATH: process.env.PATH, HOME: homeFolder(), USER: process.env.USER || 'everturn' },
      detached: true,
      // A file, not a pipe: the server outlives us and must not end at a write without a reader.
      stdio: ['ignore', output, output],
    });
  } finally {
    process.umask(mask);
    closeSync(output);
  }
};

/** It shows who works for whom and when, so no other user of the machine may read it. New files follow the server's umask. */
const makePrivate = (dbFile: string): void => {
  mkdirSync(path.dirname(dbFile), { recursive: true, mode: 0o700 });
  for (const file of [dbFile, `${dbFile}-wal`, `${dbFile}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
};
