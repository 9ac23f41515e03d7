import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { endProcess, identify, isAlive } from './processes.ts';

const started: ReturnType<typeof spawn>[] = [];

/** A process that says when it listens for signals. */
const start = async (program: string) => {
  const child = spawn(process.execPath, ['-e', `${program}; console.log('on'); setInterval(() => {}, 1000)`]);
  started.push(child);
  await once(child.stdout, 'data');
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('The process is not there');
  return { child, identity };
};

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

test('a living process is told from one that had its pid before', async () => {
  const { identity } = await start('');
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, startedAt: `${identity.startedAt}0` })).toBe(false);
});

test('a process that reused a pid is never signalled', async () => {
  const { child, identity } = await start('');
  const former = { ...identity, startedAt: 'earlier' };
  expect(await endProcess(former, [{ signal: 'SIGKILL', waitMs: 1000 }])).toBe(true);
  expect(isAlive(identity)).toBe(true);
  expect(child.signalCode).toBeNull();
});

test('the next signal follows when the first is not heeded', async () => {
  const { child, identity } = await start(`process.on('SIGTERM', () => {})`);
  const ended = once(child, 'exit');
  const gone = await endProcess(identity, [
    { signal: 'SIGTERM', waitMs: 50 },
    { signal: 'SIGKILL', waitMs: 5000 },
  ]);
  expect(gone).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
});
