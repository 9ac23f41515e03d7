import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { isAlive } from '../runtime/processes.ts';
import { foldersOf } from './supervisor/folders.ts';
import { shutDown } from './supervisor/shut-down.ts';
import { readState } from './supervisor/state.ts';

const bin = path.join(import.meta.dirname, 'everturn.js');
let project: string;
/** Stands for the host's own Node: another program than the one that package.json pins. */
let hostNode: string;

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), 'everturn-bin-'));
  chmodSync(project, 0o755);
  hostNode = path.join(project, 'node');
  copyFileSync(process.execPath, hostNode);
});
afterAll(async () => {
  await shutDown(project);
  rmSync(project, { recursive: true, force: true });
});

const env = () => {
  const { DATABASE_URL: _url, TEMPORAL_ADDRESS: _address, ...rest } = process.env;
  return { ...rest, EVERTURN_PROJECT: project };
};

const run = async (...args: string[]) => {
  try {
    const { stdout, stderr } = await promisify(execFile)(hostNode, [bin, ...args], { env: env() });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

test('runs on the pinned Node, whatever the host has', async () => {
  const { stdout } = await run('doctor', '--json');
  const found = stdout.split('\n').find((line) => line.includes('"Node"'));
  expect(JSON.parse(found ?? '')).toMatchObject({ status: 'ok', found: `${process.version}, the project's own` });
});

test('exit codes', async () => {
  expect(await run('--version')).toMatchObject({ code: 0, stdout: `${packageJson.version}\n` });
  expect(await run('--help')).toMatchObject({ code: 0 });
  expect(await run('bogus')).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown command 'bogus'") });
  expect(await run('up', '--bogus')).toMatchObject({ code: 2 });
  expect(await run('models', 'check')).toMatchObject({ code: 3 });
});

test('down where nothing runs', async () => {
  expect(await run('down', '--json')).toMatchObject({
    code: 0,
    stdout: '{"type":"stopped","supervisor":false,"leftovers":[]}\n',
  });
});

test('up runs the real stack; a signal to the command ends it with nothing left', async () => {
  const child = spawn(hostNode, [bin, 'up', '--json'], { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const types: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as { type: string; apiUrl: string };
    types.push(event.type);
    if (event.type !== 'ready') continue;
    const answer = await fetch(`${event.apiUrl}/api/ready`);
    expect(await answer.json()).toEqual({ ready: true });
    const { processes } = readState(foldersOf(project).state);
    expect(processes.every(isAlive)).toBe(true);
    expect(await run('up')).toMatchObject({ code: 4, stderr: expect.stringContaining('Cannot start a second stack') });
    expect(await run('up', '--detach', '--json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"running"'),
    });
    expect(await run('models', 'check')).toMatchObject({ code: 0, stdout: expect.stringContaining('offline') });
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    expect(processes.filter(isAlive)).toEqual([]);
  }
  expect(types.slice(-2)).toEqual(['stopping', 'stopped']);
});

test.skipIf(process.platform === 'win32').each(['?', '!'])('an installation whose path has a %s', (character) => {
  const root = path.join(project, `a${character}b`);
  mkdirSync(path.join(root, 'cli'), { recursive: true });
  for (const file of ['package.json', 'cli/everturn.js']) {
    copyFileSync(path.join(import.meta.dirname, '..', file), path.join(root, file));
  }
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'cli', 'everturn.js')], { encoding: 'utf8' });
  expect(status).toBe(5);
  expect(stderr).toBe(
    `Cannot start from ${root}: its path has "${character}". Move Everturn to a folder without ? and !.\n`,
  );
});
