import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { EverturnError } from '../contracts/errors.ts';
import { readTextBounded } from '../files/read-bounded.ts';
import { type Account, give } from './account.ts';
import type { Binaries } from './binaries.ts';

const run = promisify(execFile);

export const superuser = 'everturn';

/** What the server's processes see of our environment: nothing that could change what they do. */
export const serverEnvironment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** Beside the data folder, so that the folder can be removed or replaced as a whole. */
const passwordFile = (dataDir: string): string => `${dataDir}.password`;

type ClusterOptions = { dataDir: string; binaries: Binaries; account: Account; durable: boolean };

/**
 * Makes the data folder at its first use and gives the password of {@link superuser}.
 * Throws `data_version` for a folder of another major version, `process_failed` when initdb fails.
 */
export const prepareCluster = async (options: ClusterOptions): Promise<string> => {
  const { dataDir, binaries } = options;
  const versionFile = path.join(dataDir, 'PG_VERSION');
  if (!existsSync(versionFile)) return initialise(options);
  const found = readTextBounded(versionFile, { most: 100 }).trim();
  if (found !== String(binaries.major)) {
    throw new EverturnError(
      'data_version',
      `Cannot use the data folder ${dataDir}: it is of Postgres ${found}, this is Postgres ${binaries.major}. Dump it with the Everturn that wrote it (or any pg_dump of version ${found} or later) and load it here, or move the folder away to start empty`,
      { details: { dataDir, found, needed: String(binaries.major) } },
    );
  }
  return readPassword(options);
};

/** Made aside and renamed, so that a start cut off in the middle leaves nothing half made. */
const initialise = async ({ dataDir, binaries, account, durable }: ClusterOptions): Promise<string> => {
  const unfinished = `${dataDir}.unfinished`;
  refuseForeignFolder(dataDir);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  give(unfinished, account);
  const password = writePassword(dataDir, account);
  const flags = [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile(dataDir)}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // Orders by code point as C does, and knows upper and lower case beyond ASCII.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
  await run(binaries.initdb, flags, { ...account, cwd: unfinished, env: serverEnvironment }).catch((cause) => {
    throw initFailed(dataDir, account, cause);
  });
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(unfinished, dataDir);
  return password;
};

const refuseForeignFolder = (dataDir: string): void => {
  const empty = !existsSync(dataDir) || readdirSync(dataDir).length === 0;
  if (empty) return;
  throw new EverturnError(
    'data_version',
    `Cannot use the data folder ${dataDir}: it has files but no PG_VERSION, so no Postgres made it whole. Move it away to start empty`,
    { details: { dataDir } },
  );
};

const initFailed = (dataDir: string, account: Account, cause: unknown): EverturnError => {
  const { stderr } = cause as { stderr?: string };
  const reason = stderr?.trim() || String(cause);
  const user = account.uid === undefined ? '' : ` as user ${account.uid}`;
  return new EverturnError('process_failed', `Cannot create the Postgres data folder ${dataDir}${user}: ${reason}`, {
    cause,
  });
};

const writePassword = (dataDir: string, account: Account): string => {
  const password = randomBytes(24).toString('base64url');
  const file = passwordFile(dataDir);
  rmSync(file, { force: true });
  writeFileSync(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  give(file, account);
  return password;
};

/** A lost password file is replaced: single-user mode needs none. */
const readPassword = async ({ dataDir, binaries, account }: ClusterOptions): Promise<string> => {
  const file = passwordFile(dataDir);
  if (existsSync(file)) return readTextBounded(file, { most: 1000 }).trim();
  const password = writePassword(dataDir, account);
  const single = run(binaries.postgres, ['--single', '-D', dataDir, 'postgres'], {
    ...account,
    cwd: dataDir,
    env: serverEnvironment,
  });
  single.child.stdin?.end(`ALTER ROLE ${superuser} PASSWORD '${password}'\n`);
  await single;
  return password;
};
