import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { searchAttributes } from '../contracts/temporal.ts';
import { freePort } from '../runtime/ports.ts';
import { findTemporal } from './find.ts';
import { type RunningTemporal, startTemporal, type TemporalOptions } from './server.ts';

let binary: string;
let folder: string;
const started: RunningTemporal[] = [];

beforeAll(async () => {
  binary = (await findTemporal({ progress: () => undefined })).path;
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'everturn-temporal-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const start = async (options: Partial<TemporalOptions> = {}): Promise<RunningTemporal> => {
  const server = await startTemporal({ binary, dbFile: null, port: await freePort(), uiPort: null, ...options });
  started.push(server);
  return server;
};

const withClient = async <T>(address: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
};

test('answers when it resolves, with our search attributes', async () => {
  const { address, uiUrl } = await start();
  expect(uiUrl).toBeNull();
  const { customAttributes } = await withClient(address, ({ connection }) =>
    connection.operatorService.listSearchAttributes({ namespace: 'default' }),
  );
  expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(Object.values(searchAttributes)));
});

test('with a page for people', async () => {
  const { uiUrl } = await start({ uiPort: await freePort() });
  const page = await fetch(uiUrl ?? '');
  expect(page.status).toBe(200);
});

test('a workflow outlives a kill -9 of the server on its file, on the same port', async () => {
  const dbFile = path.join(folder, 'temporal.db');
  const port = await freePort();
  const first = await start({ dbFile, port });
  await withClient(first.address, (client) =>
    client.workflow.start('anything', { workflowId: 'kept', taskQueue: 'nobody' }),
  );
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toBe('SIGKILL');
  const modes = readdirSync(folder)
    .filter((name) => name.startsWith('temporal.db'))
    .map((name) => statSync(path.join(folder, name)).mode & 0o777);
  expect(modes.length).toBeGreaterThan(0);
  expect(modes.filter((mode) => (mode & 0o077) !== 0)).toEqual([]);
  const second = await start({ dbFile, port });
  const { status } = await withClient(second.address, (client) => client.workflow.getHandle('kept').describe());
  expect(status.name).toBe('RUNNING');
});

test('stops in order, and can be told to stop twice', async () => {
  const server = await start();
  await server.stop();
  await server.stop();
  expect(await server.exited).toBe('exit code 0');
});

test.runIf(process.platform === 'linux' && existsSync('/proc/net/tcp6'))('listens on loopback only', async () => {
  const { pid } = await start({ uiPort: await freePort() });
  const sockets = execFileSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' });
  const inodes = new Set([...sockets.matchAll(/socket:\[(\d+)\]/g)].map(([, inode]) => inode));
  const listening = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode ?? ''))
    .map(([, address]) => address?.split(':')[0]);
  expect(listening.length).toBeGreaterThan(1);
  expect(new Set(listening)).toEqual(new Set(['0100007F']));
});

test('a taken port is named', async () => {
  const holder = createServer();
  const port = await new Promise<number>((resolve) => {
    holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
  });
  try {
    await expect(start({ uiPort: port })).rejects.toMatchObject({
      code: 'port_taken',
      message: `Cannot start the Temporal UI: port ${port} on 127.0.0.1 is taken; name another`,
    });
  } finally {
    holder.close();
  }
});

test('a server that cannot start says what its log ends with', async () => {
  const log = path.join(tmpdir(), `everturn-temporal-${process.pid}.log`);
  try {
    const dbFile = mkdtempSync(path.join(folder, 'not-a-file-'));
    await expect(start({ dbFile, log })).rejects.toMatchObject({
      code: 'process_failed',
      message: expect.stringMatching(
        /^Cannot start Temporal with .*: it ended with exit code \d.*unable to open database/s,
      ),
    });
  } finally {
    rmSync(log, { force: true });
  }
});
