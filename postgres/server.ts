import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EverturnError } from '../contracts/errors.ts';
import { openLog } from '../files/open-log.ts';
import { exitOf } from '../runtime/child-exit.ts';
import { lastLines } from '../runtime/log-file.ts';
import { freePort, isPortFree } from '../runtime/ports.ts';
import { endProcess, identify } from '../runtime/processes.ts';
import { type Account, serverAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { prepareCluster, serverEnvironment, superuser } from './cluster.ts';
import { removeStaleLock, runningOn, stopSteps } from './leftover.ts';
import { placeCluster } from './placement.ts';
import { asFlags, fragileSettings, serverSettings, sharedMemorySettings } from './settings.ts';
import { usableBinaries } from './usable-binaries.ts';

export const databaseName = 'everturn';

export type PostgresOptions = {
  /**
   * Made at its first use; a link to a folder elsewhere where the user of Postgres cannot use this one. The password
   * is beside the folder, in `<folder>.password`.
   */
  dataDir: string;
  /** Default: a free one. */
  port?: number;
  /** Appended to. Default: `<dataDir>.log`. */
  log?: string;
  /** False for tests: commits are not flushed to disk. Default: true. */
  durable?: boolean;
};

export type RunningPostgres = {
  /** Of the database {@link databaseName}, as its owner. Holds the password. */
  url: string;
  port: number;
  pid: number;
  /** Where the data is: the folder that was asked for, or the one that it links to. */
  dataDir: string;
  /** How the server ended, once it has. Never rejects. */
  exited: Promise<string>;
  /** Fast shutdown within 10 s, harder ones after. Idempotent. */
  stop(): Promise<void>;
};

type Attempt = Required<PostgresOptions> & { binaries: Binaries; account: Account };

const startLimitMs = 30_000;
/** After a kill -9 the old backends hold the shared memory until they notice, within a second or so. */
const memoryInUse = /pre-existing shared memory block/;

/**
 * Starts the real server on loopback in a process group of its own: it outlives us unless `stop` is called.
 * Throws `already_running`, `port_taken`, `data_version`, `folder_unusable` or `process_failed`.
 */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const place = path.resolve(options.dataDir);
  const port = options.port ?? (await freePort());
  const { log = `${place}.log`, durable = true } = options;
  mkdirSync(path.dirname(place), { recursive: true });
  refuseSecond(place);
  const account = serverAccount(place);
  const binaries = usableBinaries(findBinaries(), account);
  const dataDir = placeCluster(place, account);
  const password = await prepareCluster({ dataDir, binaries, account, durable });
  removeStaleLock(dataDir);
  if (!(await isPortFree(port))) {
    throw new EverturnError('port_taken', `Cannot start Postgres: port ${port} on 127.0.0.1 is taken; name another`, {
      details: { port },
    });
  }
  const { child, exited } = await spawnUntilReady({ dataDir, port, log, durable, binaries, account }, password);
  const url = connectionUrl(port, password, databaseName);
  return { url, port, pid: child.pid ?? 0, dataDir, exited, stop: stopper(child) };
};

const refuseSecond = (dataDir: string): void => {
  const running = runningOn(dataDir);
  if (!running) return;
  throw new EverturnError(
    'already_running',
    `Cannot start Postgres on ${dataDir}: process ${running.pid} serves it already; stop that one first`,
    { details: running },
  );
};

const connectionUrl = (port: number, password: string, database: string): string =>
  `postgresql://${superuser}:${password}@127.0.0.1:${port}/${database}`;

type Spawned = { child: ChildProcess; exited: Promise<string> };

const spawnUntilReady = async (attempt: Attempt, password: string): Promise<Spawned> => {
  const deadline = performance.now() + startLimitMs;
  while (true) {
    const child = spawnServer(attempt);
    const exited = exitOf(child);
    const answers = untilAnswers(attempt.port, password, child, deadline);
    const failure = await Promise.race([answers, exited.then((how) => `it ended with ${how}`)]);
    if (failure === null) return { child, exited };
    const lines = lastLines(attempt.log, 5);
    await stopper(child)();
    if (memoryInUse.test(lines) && performance.now() < deadline) {
      await delay(100);
      continue;
    }
    throw new EverturnError(
      'process_failed',
      `Cannot start Postgres on ${attempt.dataDir}: ${failure}. Its log, ${attempt.log}, ends with:\n${lines}`,
    );
  }
};

const spawnServer = ({ dataDir, port, log, durable, binaries, account }: Attempt): ChildProcess => {
  const settings = { ...serverSettings, ...sharedMemorySettings(), ...(durable ? {} : fragileSettings) };
  const output = openLog(log);
  try {
    return spawn(binaries.postgres, ['-D', dataDir, '-p', String(port), ...asFlags(settings)], {
      ...account,
      cwd: dataDir,
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
};

/** Null when it does, otherwise why not. */
const untilAnswers = async (
  port: number,
  password: string,
  child: ChildProcess,
  deadline: number,
): Promise<string | null> => {
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await createDatabase(port, password)) return null;
    await delay(20);
  }
  return `it did not answer within ${startLimitMs / 1000} s`;
};

/** Resolves to whether the server answered; the database is there then. */
const createDatabase = async (port: number, password: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: connectionUrl(port, password, 'postgres') });
  // An error after the answer (the server dies at once) is seen as its exit.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

const stopper = (child: ChildProcess): (() => Promise<void>) => {
  const identity = child.pid === undefined ? null : identify(child.pid);
  return async () => {
    if (identity) await endProcess(identity, stopSteps);
  };
};
