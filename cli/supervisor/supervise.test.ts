import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../runtime/ports.ts';
import { identify, isAlive } from '../../runtime/processes.ts';
import { claimFolders } from './claim.ts';
import { foldersOf } from './folders.ts';
import type { Report } from './report.ts';
import { shutDown } from './shut-down.ts';
import { emptyState, findRunning, readState, type StackProcess, writeState } from './state.ts';

type Message = Report | { type: 'failed'; code: string; message: string };

let project: string;
const supervisors: ChildProcess[] = [];

beforeEach(async () => {
  project = newProject();
  const folders = foldersOf(project);
  claimFolders(folders);
  // As if an earlier start had chosen them: the usual ones may come and go with other stacks on this machine.
  const names = ['api', 'postgres', 'temporal', 'temporalUi', 'offlineModel'];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()])));
  writeState(folders.state, { ...emptyState, ports });
});
afterEach(async () => {
  await shutDown(project);
  for (const supervisor of supervisors.splice(0)) supervisor.kill('SIGKILL');
  rmSync(project, { recursive: true, force: true });
});

const newProject = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everturn-stack-'));
  chmodSync(folder, 0o755);
  return folder;
};

const start = (env: Record<string, string> = {}, worker = 'stand-in') => {
  const { DATABASE_URL: _url, TEMPORAL_ADDRESS: _address, ...rest } = process.env;
  const child = fork(path.join(import.meta.dirname, 'testing', 'supervisor-process.ts'), [worker], {
    env: { ...rest, EVERTURN_PROJECT: project, ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  supervisors.push(child);
  const messages: Message[] = [];
  child.on('message', (message) => messages.push(message as Message));
  const exited = once(child, 'exit');
  const seen = async <Type extends Message['type']>(type: Type): Promise<Extract<Message, { type: Type }>> => {
    const found = () => messages.find((message) => message.type === type || message.type === 'failed');
    await vi.waitUntil(found, { timeout: 90_000, interval: 20 });
    const message = found();
    if (message?.type !== type) throw new Error(`Instead of "${type}" came ${JSON.stringify(message)}`);
    return message as Extract<Message, { type: Type }>;
  };
  return { child, messages, exited, seen };
};

const state = () => readState(foldersOf(project).state);
const processes = (): Map<string, StackProcess> => new Map(state().processes.map((one) => [one.name, one]));
const pidOf = (name: string): number => processes().get(name)?.pid ?? 0;

const query = async (text: string): Promise<unknown[]> => {
  const password = readFileSync(`${foldersOf(project).postgres}.password`, 'utf8').trim();
  const url = `postgresql://everturn:${password}@127.0.0.1:${state().ports.postgres}/everturn`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

test('comes up in order, refuses a second one, and leaves nothing behind', async () => {
  const first = start({ EVERTURN_WORKERS: '2' });
  const { consoleUrl, apiUrl, model } = await first.seen('ready');
  expect(consoleUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
  expect(model).toContain('offline');
  const steps = first.messages.map((message) => (message.type === 'progress' ? message.step : message.type));
  // The console is built and the model started beside the others.
  const ordered = steps.filter((step) => step !== 'console' && step !== 'model');
  expect(ordered).toEqual(['postgres', 'temporal', 'schema', 'api', 'workers', 'ready']);
  const everything = [...processes().values()];
  const names = ['api', 'offline-model', 'postgres', 'scripts-1', 'temporal', 'worker-1', 'worker-2'];
  expect(everything.map(({ name }) => name).sort()).toEqual(names);
  expect(findRunning(project)?.apiUrl).toBe(apiUrl);
  expect(statSync(foldersOf(project).token).mode & 0o777).toBe(0o600);

  const second = start();
  await expect(second.seen('ready')).rejects.toThrow('already_running');
  expect(second.messages).toMatchObject([{ message: expect.stringContaining(consoleUrl) }]);
  expect(everything.every(isAlive)).toBe(true);

  expect(await shutDown(project)).toEqual({ supervisor: true, leftovers: [] });
  expect((await first.exited)[0]).toBe(0);
  expect(everything.filter(isAlive)).toEqual([]);
  expect(findRunning(project)).toBeNull();
  expect(await shutDown(project)).toEqual({ supervisor: false, leftovers: [] });
});

test('after a kill -9 of the supervisor its processes go on, and the next start heals', async () => {
  const first = start();
  const { apiUrl } = await first.seen('ready');
  await query('CREATE TABLE kept AS SELECT 1 AS value');
  const before = [...processes().values()];
  first.child.kill('SIGKILL');
  await first.exited;
  expect(before.filter(isAlive)).toHaveLength(before.length);

  const second = start();
  expect((await second.seen('ready')).apiUrl).toBe(apiUrl);
  expect(second.messages[0]).toMatchObject({ step: 'healing', words: expect.stringContaining('worker-1') });
  expect(before.filter(isAlive)).toEqual([]);
  expect(await query('SELECT value FROM kept')).toEqual([{ value: 1 }]);
});

test('what a killed supervisor left is stopped by "down" as well', async () => {
  const first = start();
  await first.seen('ready');
  const before = [...processes().values()];
  first.child.kill('SIGKILL');
  await first.exited;
  const { leftovers } = await shutDown(project);
  expect(leftovers.sort()).toEqual(['api', 'offline-model', 'postgres', 'scripts-1', 'temporal', 'worker-1']);
  expect(before.filter(isAlive)).toEqual([]);
});

test('each process comes back after a kill -9, on the same ports', async () => {
  const { messages, seen } = start();
  await seen('ready');
  const { ports } = state();
  for (const name of ['worker-1', 'scripts-1', 'api', 'temporal', 'postgres']) {
    const before = processes().get(name);
    process.kill(pidOf(name), 'SIGKILL');
    const isBack = () => messages.some((message) => message.type === 'back' && message.process === name);
    await vi.waitUntil(isBack, { timeout: 90_000, interval: 20 });
    expect(messages).toContainEqual({ type: 'died', process: name, how: 'SIGKILL' });
    const after = processes().get(name);
    expect(after?.pid).not.toBe(before?.pid);
    // A worker that starts again is another worker.
    if (/^(worker|scripts)-/.test(name)) expect(after?.workerId).not.toBe(before?.workerId);
  }
  expect(state().ports).toEqual(ports);
  expect(await query('SELECT 1 AS value')).toEqual([{ value: 1 }]);
});

test('two stacks that start at once get ports of their own', async () => {
  const other = newProject();
  // Both want the usual ones.
  rmSync(foldersOf(project).state);
  try {
    await Promise.all([start(), start({ EVERTURN_PROJECT: other })].map(({ seen }) => seen('ready')));
    const both = [state(), readState(foldersOf(other).state)];
    // Those of the real servers: the programs that stand in for ours listen nowhere.
    const ports = both.flatMap(({ ports: { postgres, temporal } }) => [postgres, temporal]);
    expect(new Set(ports).size).toBe(4);
  } finally {
    await shutDown(other);
    rmSync(other, { recursive: true, force: true });
  }
});

test('a process that keeps dying ends the stack, names its log and leaves nothing', async () => {
  const { child, seen, exited } = start({}, 'broken');
  const failed = await seen('failed');
  expect(failed.message).toBe(
    `Cannot keep worker-1 running: it failed 5 times within 60 s, the last time because it ended with exit code 7. Its log is ${path.join(project, '.everturn', 'logs', 'worker-1.log')}`,
  );
  expect((await exited)[0]).toBe(1);
  expect(identify(child.pid ?? 0)).toBeNull();
  expect(readFileSync(path.join(project, '.everturn', 'logs', 'worker-1.log'), 'utf8')).toContain(
    'the reason in the log',
  );
  expect(state().processes).toEqual([]);
});

test('a port that was asked for and is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  writeFileSync(path.join(project, 'everturn.yaml'), `server: {temporalPort: ${port}}\n`);
  const { seen, exited } = start();
  expect(await seen('failed')).toMatchObject({
    code: 'port_taken',
    message: `Cannot use port ${port} for Temporal, which server.temporalPort in everturn.yaml asks for: another program listens on it. Stop that program, or ask for another port`,
  });
  await exited;
  holder.close();
  // Postgres had been started before it.
  expect(await shutDown(project)).toEqual({ supervisor: false, leftovers: [] });
});

test.each([
  [
    { DATABASE_URL: 'postgresql://me:secret@127.0.0.1:9/db' },
    /^Cannot use the database on 127\.0\.0\.1:9 \(DATABASE_URL\)/,
  ],
  [{ TEMPORAL_ADDRESS: '127.0.0.1:9' }, /^Cannot reach Temporal on 127\.0\.0\.1:9 \(TEMPORAL_ADDRESS\)/],
  [{ EVERTURN_WORKERS: 'many' }, /^Cannot start with this environment: EVERTURN_WORKERS=many: expected number/],
])('a server of the user that does not answer, or a wrong variable: %j', async (env, message) => {
  const { seen } = start(env as Record<string, string>);
  const failed = await seen('failed');
  expect(failed.message).toMatch(message);
  expect(failed.message).not.toContain('secret');
});

test('told to stop in the middle of its start, it leaves nothing', async () => {
  const { child, messages, exited } = start();
  await vi.waitUntil(() => messages.some((message) => message.type === 'progress' && message.step === 'temporal'), {
    timeout: 90_000,
  });
  const before = [...processes().values()];
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
  expect(before.length).toBeGreaterThan(0);
  expect(before.filter(isAlive)).toEqual([]);
  expect(await shutDown(project)).toEqual({ supervisor: false, leftovers: [] });
});

test('a worker gets the secrets of the configuration that is trusted, not of what the file says now', async () => {
  const text = 'keys: { evil: { baseUrl: "http://127.0.0.1:9/v1", apiKeyEnv: PERSON_KEY } }\ncommandEnv: [OTHER_KEY]\n';
  writeFileSync(path.join(project, 'everturn.yaml'), text);
  const { seen } = start({ PERSON_KEY: 'sk-person', OTHER_KEY: 'sk-other' }, 'names');
  await seen('ready');
  const log = readFileSync(path.join(foldersOf(project).logs, 'worker-1.log'), 'utf8');
  expect(log).toContain('DATABASE_URL');
  expect(log).not.toMatch(/PERSON_KEY|OTHER_KEY/);
});
