import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { identify, isAlive } from '../runtime/processes.ts';
import { serverAccount } from './account.ts';
import { binariesIn, findBinaries } from './binaries.ts';
import { prepareCluster } from './cluster.ts';
import { runningOn, stopPostgresOn } from './leftover.ts';
import { type PostgresOptions, type RunningPostgres, startPostgres } from './server.ts';
import { sharedMemorySettings } from './settings.ts';
import { usableBinaries } from './usable-binaries.ts';

const started: RunningPostgres[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const newDataDir = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everturn-postgres-'));
  // Under root the server runs as somebody else, who must be able to enter.
  chmodSync(folder, 0o755);
  folders.push(folder);
  return path.join(folder, 'data');
};

const start = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const server = await startPostgres({ durable: false, ...options });
  started.push(server);
  return server;
};

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

const processesOn = (dataDir: string): string[] =>
  execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(dataDir));

const sharedMemory = (): string[] =>
  process.platform === 'linux' ? readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n').slice(1) : [];

test('starts, keeps what was written through a stop, and leaves neither process nor shared memory', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir });
  const memoryOf = sharedMemory().filter((line) => line.split(/\s+/).includes(String(first.pid)));
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS value');
  await first.stop();
  expect(await first.exited).toBe('exit code 0');
  expect(processesOn(dataDir)).toEqual([]);
  for (const line of memoryOf) expect(sharedMemory()).not.toContain(line);
  const second = await start({ dataDir });
  expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
});

test('knows upper and lower case beyond ASCII, orders by code point', async () => {
  const { url } = await start({ dataDir: newDataDir() });
  expect(await query(url, `SELECT lower('ÄÖ') AS lower, 'B' < 'a' AS ordered`)).toEqual([
    { lower: 'äö', ordered: true },
  ]);
});

test('nobody gets in without the password, which only its owner can read', async () => {
  const dataDir = newDataDir();
  const { url, port } = await start({ dataDir });
  await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication failed');
  expect(statSync(`${dataDir}.password`).mode & 0o777).toBe(0o600);
  expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(port).toBeGreaterThan(0);
});

test('heals a kill -9 of the server', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir, durable: true });
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS value');
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toBe('SIGKILL');
  // At once: the backends that are left still hold the shared memory.
  const second = await start({ dataDir, port: first.port });
  expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
});

test('heals a lock whose pid belongs to another process of the same user by now', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir });
  await first.stop();
  const other = await start({ dataDir: newDataDir() });
  writeFileSync(path.join(dataDir, 'postmaster.pid'), `${other.pid}\n${dataDir}\n1\n${first.port}\n\n127.0.0.1\n`);
  const identity = identify(other.pid);
  await start({ dataDir });
  expect(identity && isAlive(identity)).toBe(true);
});

test('a second server on the same folder is refused, and the first goes on', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir });
  await expect(startPostgres({ dataDir })).rejects.toMatchObject({
    code: 'already_running',
    message: `Cannot start Postgres on ${dataDir}: process ${first.pid} serves it already; stop that one first`,
  });
  expect(await query(first.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
});

test('a server that somebody else left can be found and stopped', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir });
  expect(runningOn(dataDir)?.pid).toBe(first.pid);
  expect(await stopPostgresOn(dataDir)).toBe(true);
  expect(await first.exited).toBe('exit code 0');
  expect(await stopPostgresOn(dataDir)).toBe(false);
});

test('a taken port is named', async () => {
  const holder = createServer();
  const port = await new Promise<number>((resolve) => {
    holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
  });
  try {
    await expect(start({ dataDir: newDataDir(), port })).rejects.toMatchObject({
      code: 'port_taken',
      message: `Cannot start Postgres: port ${port} on 127.0.0.1 is taken; name another`,
    });
  } finally {
    holder.close();
  }
});

test('a data folder of another version is refused and left as it is', async () => {
  const dataDir = newDataDir();
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, 'PG_VERSION'), '14\n');
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: 'data_version',
    message: expect.stringMatching(/^Cannot use the data folder .*: it is of Postgres 14, this is Postgres 18\. /),
  });
  expect(readdirSync(dataDir)).toEqual(['PG_VERSION']);
});

test('a folder with other files is refused and left as it is', async () => {
  const dataDir = newDataDir();
  mkdirSync(dataDir);
  writeFileSync(path.join(dataDir, 'thesis.txt'), 'years of work');
  await expect(start({ dataDir })).rejects.toMatchObject({ code: 'data_version' });
  expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
});

test('a first start that was cut off in the middle is begun again', async () => {
  const dataDir = newDataDir();
  mkdirSync(`${dataDir}.unfinished`);
  writeFileSync(path.join(`${dataDir}.unfinished`, 'PG_VERSION'), '18\n');
  const { url } = await start({ dataDir });
  expect(await query(url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
});

test('a lost password file is replaced', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir });
  await first.stop();
  rmSync(`${dataDir}.password`);
  const second = await start({ dataDir });
  expect(second.url).not.toBe(first.url);
  expect(await query(second.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
});

test('a server that cannot start says what its log ends with', async () => {
  const dataDir = newDataDir();
  const first = await start({ dataDir });
  await first.stop();
  writeFileSync(path.join(dataDir, 'postgresql.conf'), 'no_such_setting = 1\n');
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: 'process_failed',
    message: expect.stringContaining('no_such_setting'),
  });
});

const asRoot = describe.runIf(process.getuid?.() === 0);
asRoot('as root', () => {
  /** A user that has no name in passwd, as a container may be given. */
  const stranger = { uid: 12_345, gid: 12_345 };

  const closedFolder = (): string => {
    const dataDir = newDataDir();
    chmodSync(path.dirname(dataDir), 0o700);
    const data = path.dirname(newDataDir());
    vi.stubEnv('EVERTURN_DATA', data);
    return dataDir;
  };
  afterEach(() => vi.unstubAllEnvs());

  test('data that the account of Postgres cannot reach is kept elsewhere, and found again after a move', async () => {
    const dataDir = closedFolder();
    const first = await start({ dataDir });
    expect(first.dataDir).toMatch(/\/clusters\/[0-9a-f]{16}\/\.everturn\/postgres$/);
    expect(readlinkSync(dataDir)).toBe(first.dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS value');
    expect(runningOn(dataDir)?.pid).toBe(first.pid);
    await first.stop();
    const moved = `${dataDir}-moved`;
    renameSync(dataDir, moved);
    const second = await start({ dataDir: moved });
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
  });

  test('a copied folder neither uses nor stops the data of the original', async () => {
    const dataDir = closedFolder();
    const first = await start({ dataDir });
    const copy = `${dataDir}-copy`;
    symlinkSync(readlinkSync(dataDir), copy);
    await expect(start({ dataDir: copy })).rejects.toMatchObject({
      code: 'folder_unusable',
      message: `Cannot use the data folder ${copy}: it points to the data of ${dataDir}, of which this folder is a copy. Remove ${copy} to begin empty`,
    });
    expect(await stopPostgresOn(copy)).toBe(false);
    expect(await query(first.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
  });

  test('data that is there and cannot be reached any more stays where it is, with an error that says so', async () => {
    const dataDir = newDataDir();
    await (await start({ dataDir })).stop();
    chmodSync(path.dirname(dataDir), 0o700);
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: 'folder_unusable',
      message: expect.stringContaining('can no longer enter it'),
    });
    chmodSync(path.dirname(dataDir), 0o755);
    expect(await query((await start({ dataDir })).url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
  });

  test('data of another user is served as that user, also of one without a name', async () => {
    const dataDir = newDataDir();
    const first = await start({ dataDir });
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS value');
    await first.stop();
    execFileSync('chown', ['-R', `${stranger.uid}:${stranger.gid}`, dataDir]);
    // Setting it again takes the single-user mode, which asks for a name.
    rmSync(`${dataDir}.password`);
    const second = await start({ dataDir });
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
    expect(statSync(`/proc/${second.pid}`).uid).toBe(stranger.uid);
  });

  test('binaries that the account cannot reach, or whose path a shell would read, are copied once', async () => {
    const found = findBinaries();
    const closed = path.join(path.dirname(newDataDir()), 'a "b" $HOME');
    cpSync(found.folder, closed, { recursive: true, verbatimSymlinks: true });
    chmodSync(path.dirname(closed), 0o700);
    const closedBinaries = binariesIn(closed, { ...found, label: `test-${process.pid}` });
    const copy = usableBinaries(closedBinaries, serverAccount('/nonexistent'));
    folders.push(copy.folder);
    expect(copy.folder).not.toBe(closed);
    expect(statSync(copy.folder).uid).toBe(0);
    rmSync(closed, { recursive: true });
    expect(usableBinaries(closedBinaries, serverAccount('/nonexistent'))).toEqual(copy);
    const dataDir = newDataDir();
    mkdirSync(path.dirname(dataDir), { recursive: true });
    await prepareCluster({ dataDir, binaries: copy, account: serverAccount(dataDir), durable: false });
    expect(readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8')).toBe('18\n');
  });
});

test.runIf(process.platform === 'linux')(
  'without /dev/shm, or with little room there, memory is shared in files',
  () => {
    expect(sharedMemorySettings('/nonexistent')).toEqual({ dynamic_shared_memory_type: 'mmap' });
  },
);
