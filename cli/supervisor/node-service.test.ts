import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { identify, isAlive } from '../../runtime/processes.ts';
import { startNodeProcess, startSpareProcess } from './node-service.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'everturn-child-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (program: string, readyMs = 30_000) => {
  const entry = path.join(folder, 'program.mjs');
  writeFileSync(entry, program);
  const log = path.join(folder, 'program.log');
  const pids: number[] = [];
  const running = startNodeProcess(
    { name: 'program', entry, cwd: folder, env: { plain: process.env, secrets: {} }, log, readyMs },
    (pid) => pids.push(pid),
  );
  return { running, pids, log };
};

test('resolves when the program is ready, with its output in the log, for our eyes only', async () => {
  const { running, log } = start(`console.log('hello'); process.send({ type: 'ready' }); setInterval(() => {}, 1000)`);
  const { exited, stop } = await running;
  await stop();
  expect(await exited).toBe('SIGTERM');
  expect(readFileSync(log, 'utf8')).toBe('hello\n');
  expect(statSync(log).mode & 0o777).toBe(0o600);
});

test('a program that ends before it is ready is told with the end of its log', async () => {
  const { running, log } = start(`console.error('the reason'); process.exit(4)`);
  await expect(running).rejects.toMatchObject({
    code: 'process_failed',
    message: `Cannot start program: it ended with exit code 4 before it was ready. Its log, ${log}, ends with:\nthe reason`,
  });
});

test('a program that is never ready is ended', async () => {
  const { running, pids } = start('setInterval(() => {}, 1000)', 300);
  await expect(running).rejects.toThrow('it took more than 0.3 s before it was ready');
  const identity = identify(pids[0] ?? 0);
  expect(identity === null || !isAlive(identity)).toBe(true);
});

test('a program of its own session: a signal to our group does not reach it', async () => {
  const { running } = start(`process.send({ type: 'ready' }); setInterval(() => {}, 1000)`);
  const { pid, stop } = await running;
  // Only the leader of a group answers to its number.
  expect(() => process.kill(-pid, 0)).not.toThrow();
  await stop();
});

describe('a spare process', () => {
  const spareModule = path.join(import.meta.dirname, '..', '..', 'runtime', 'spare.ts');
  const startSpare = () => {
    const entry = path.join(folder, 'spare.mjs');
    writeFileSync(
      entry,
      `import { untilWanted } from ${JSON.stringify(spareModule)};
      console.log('loaded');
      await untilWanted();
      console.log('wanted', process.env.EVERTURN_SPARE);
      process.send({ type: 'ready' });
      setInterval(() => {}, 1000);`,
    );
    const log = path.join(folder, 'spare.log');
    const spare = startSpareProcess({
      name: 'spare',
      entry,
      cwd: folder,
      env: { plain: process.env, secrets: {} },
      log,
    });
    const untilLogged = (words: string) =>
      vi.waitUntil(() => existsSync(log) && readFileSync(log, 'utf8').includes(words), { timeout: 60_000 });
    return { spare, log, untilLogged };
  };

  test('serves from the moment it is wanted', async () => {
    const { spare, log, untilLogged } = startSpare();
    await untilLogged('loaded');
    expect(readFileSync(log, 'utf8')).toBe('loaded\n');
    const pids: number[] = [];
    const running = await spare.begin((pid) => pids.push(pid));
    expect(pids).toEqual([running.pid]);
    expect(readFileSync(log, 'utf8')).toBe('loaded\nwanted undefined\n');
    await running.stop();
    await running.exited;
    expect(spare.isAlive()).toBe(false);
  });

  test('is stopped before it was wanted', async () => {
    const { spare, log, untilLogged } = startSpare();
    await untilLogged('loaded');
    await spare.stop();
    await vi.waitUntil(() => !spare.isAlive(), { timeout: 60_000 });
    expect(readFileSync(log, 'utf8')).toBe('loaded\n');
  });

  test('does not outlive its parent', async () => {
    const { untilLogged } = startSpare();
    await untilLogged('loaded');
    const entry = path.join(folder, 'spare.mjs');
    const child = fork(entry, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, EVERTURN_SPARE: '1' },
    });
    const exit = once(child, 'exit');
    child.disconnect();
    expect(await exit).toEqual([0, null]);
  });
});
