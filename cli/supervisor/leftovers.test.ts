import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../../runtime/lock.ts';
import { identify, isAlive } from '../../runtime/processes.ts';
import { claimFolders } from './claim.ts';
import { type Folders, foldersOf } from './folders.ts';
import { stopLeftovers } from './leftovers.ts';
import { openRecord } from './record.ts';
import { emptyState, findRunning, readState, requireRunning, writeState } from './state.ts';
import { ensureToken } from './token.ts';

let folders: Folders;
const children: ReturnType<typeof spawn>[] = [];

beforeEach(() => {
  folders = foldersOf(mkdtempSync(path.join(tmpdir(), 'everturn-state-')));
  claimFolders(folders);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folders.project, { recursive: true, force: true });
});

const sleeper = async () => {
  const child = spawn(process.execPath, ['-e', `console.log('on'); setInterval(() => {}, 1000)`]);
  children.push(child);
  await once(child.stdout, 'data');
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('The process is not there');
  return { child, identity };
};

test('a process noted before the supervisor died is ended', async () => {
  const { child, identity } = await sleeper();
  const record = openRecord(folders.state);
  record.note('worker-1', identity.pid, 'worker-1-abc');
  const exited = once(child, 'exit');
  expect(await stopLeftovers(folders, readState(folders.state))).toEqual(['worker-1']);
  expect(await exited).toEqual([null, 'SIGTERM']);
});

test('a process that has the pid of one that is gone is let alone', async () => {
  const { identity } = await sleeper();
  const former = { ...identity, startedAt: '1', name: 'worker-1', workerId: null };
  expect(await stopLeftovers(folders, { ...emptyState, processes: [former] })).toEqual([]);
  expect(isAlive(identity)).toBe(true);
});

test('a state file that cannot be read counts as none', () => {
  writeFileSync(folders.state, '{"supervisor":');
  expect(readState(folders.state)).toEqual(emptyState);
});

test('a stack is running while its supervisor holds the lock and has said that it is ready', () => {
  const project = folders.project;
  const ready = {
    ...emptyState,
    supervisor: identify(process.pid),
    readyAt: '2026-01-01T00:00:00.000Z',
    apiUrl: 'http://127.0.0.1:4100',
  };
  const token = ensureToken(folders, () => {});
  writeState(folders.state, ready);
  expect(findRunning(project)).toBeNull();
  expect(() => requireRunning(project)).toThrow(
    `Cannot reach the stack of ${project}: it does not run. Start it with "npx everturn up"`,
  );
  const lock = takeLock(folders.lock);
  expect(findRunning(project)).toEqual({
    supervisorPid: process.pid,
    apiUrl: 'http://127.0.0.1:4100',
    token,
    consoleUrl: `http://127.0.0.1:4100/#token=${token}`,
    temporalUiUrl: null,
  });
  writeState(folders.state, { ...ready, readyAt: null });
  expect(findRunning(project)).toBeNull();
  if (lock.holder === null) lock.release();
});

test('the token is made once', () => {
  const token = ensureToken(folders, () => {});
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(ensureToken(folders, () => {})).toBe(token);
});
