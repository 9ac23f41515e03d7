import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { EverturnError } from '../../contracts/errors.ts';
import { exitOf } from '../../runtime/child-exit.ts';
import { identify, isAlive } from '../../runtime/processes.ts';
import { createKeeper, type Keeper, type KeeperEvents } from './keeper.ts';
import type { Service } from './service.ts';

const quick = { firstMs: 1, growth: 2, maxMs: 4, healthyMs: 60_000, briefMs: 60_000, limit: 4, windowMs: 60_000 };
const keepers: Keeper[] = [];
afterEach(() => Promise.all(keepers.splice(0).map((keeper) => keeper.stop())));

/** Real processes that run until they are killed, or end by themselves when `program` says so. */
const processes = (program = 'setInterval(() => {}, 1000)'): Service & { pids: number[] } => {
  const pids: number[] = [];
  return {
    name: 'sleeper',
    log: '/logs/sleeper.log',
    pids,
    start: async (spawned) => {
      const child = spawn(process.execPath, ['-e', `console.log('on'); ${program}`]);
      const exited = exitOf(child);
      await once(child.stdout, 'data');
      const pid = child.pid ?? 0;
      spawned(pid);
      pids.push(pid);
      return {
        pid,
        exited,
        stop: async () => {
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
  };
};

const recorded = () => {
  const seen: string[] = [];
  const back = Promise.withResolvers<void>();
  const gaveUp = Promise.withResolvers<EverturnError>();
  const events: KeeperEvents = {
    spawned: () => seen.push('spawned'),
    died: (_service, how) => seen.push(`died ${how}`),
    back: () => {
      seen.push('back');
      back.resolve();
    },
    gaveUp: (_service, error) => {
      seen.push('gave up');
      gaveUp.resolve(error);
    },
  };
  return { seen, events, back: back.promise, gaveUp: gaveUp.promise };
};

const keep = (...args: Parameters<typeof createKeeper>): Keeper => {
  const keeper = createKeeper(...args);
  keepers.push(keeper);
  return keeper;
};

test('starts again what was killed, and tells of the death at once', async () => {
  const service = processes();
  const deaths: number[] = [];
  service.died = async () => void deaths.push(service.pids.length);
  const { seen, events, back } = recorded();
  await keep(service, { events, policy: quick }).start();
  process.kill(service.pids[0] ?? 0, 'SIGKILL');
  await back;
  expect(seen).toEqual(['spawned', 'died SIGKILL', 'spawned', 'back']);
  expect(deaths).toEqual([1]);
  expect(service.pids).toHaveLength(2);
});

test('pauses before it starts again what has peers, longer than after other deaths', async () => {
  const pauseMs = 100;
  const service = processes();
  const { events, back } = recorded();
  const times: number[] = [];
  const died: KeeperEvents['died'] = () => times.push(performance.now());
  const keeper = keep(service, { events: { ...events, died }, policy: quick, pauseMs });
  await keeper.start();
  process.kill(service.pids[0] ?? 0, 'SIGKILL');
  await back;
  expect(performance.now() - (times[0] ?? 0)).toBeGreaterThanOrEqual(pauseMs - 1);
});

test('what fails too often is given up, with the reason and its log', async () => {
  const { seen, events, gaveUp } = recorded();
  await keep(processes('process.exit(3)'), { events, policy: quick }).start();
  const error = await gaveUp;
  expect(error).toMatchObject({ code: 'process_failed', details: { process: 'sleeper', log: '/logs/sleeper.log' } });
  expect(error.message).toBe(
    'Cannot keep sleeper running: it failed 4 times within 60 s, the last time because it ended with exit code 3. Its log is /logs/sleeper.log',
  );
  expect(seen.filter((event) => event.startsWith('died'))).toHaveLength(4);
});

test('a start that fails counts, and the first start throws', async () => {
  const service = processes();
  const { start } = service;
  let refuse = true;
  service.start = (spawned) => (refuse ? Promise.reject(new Error('no room')) : start(spawned));
  const { events, gaveUp } = recorded();
  await expect(keep(service, { events, policy: quick }).start()).rejects.toThrow('no room');
  refuse = false;
  await keep(service, { events, policy: quick }).start();
  refuse = true;
  process.kill(service.pids[0] ?? 0, 'SIGKILL');
  expect((await gaveUp).message).toContain('because no room');
});

test('what was stopped stays ended, also when it was about to start again', async () => {
  const service = processes();
  const { seen, events } = recorded();
  const slow = { ...quick, firstMs: 60_000, maxMs: 60_000 };
  const died = Promise.withResolvers<void>();
  service.died = async () => died.resolve();
  const keeper = keep(service, { events, policy: slow });
  await keeper.start();
  process.kill(service.pids[0] ?? 0, 'SIGKILL');
  await died.promise;
  await keeper.stop();
  expect(seen).toEqual(['spawned', 'died SIGKILL']);
});

test('stop during a new start ends what that start brings', async () => {
  const service = processes();
  const { start } = service;
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  service.start = async (spawned) => {
    const running = await start(spawned);
    if (service.pids.length === 2) {
      begun.resolve();
      await gate.promise;
    }
    return running;
  };
  const keeper = keep(service, { events: recorded().events, policy: quick });
  await keeper.start();
  process.kill(service.pids[0] ?? 0, 'SIGKILL');
  await begun.promise;
  const stopped = keeper.stop();
  gate.resolve();
  await stopped;
  expect(service.pids.map((pid) => identify(pid))).toEqual([null, null]);
});

test('stop ends the process', async () => {
  const service = processes();
  const { seen, events } = recorded();
  const keeper = keep(service, { events, policy: quick });
  await keeper.start();
  const identity = identify(service.pids[0] ?? 0);
  await keeper.stop();
  expect(identity && isAlive(identity)).toBe(false);
  expect(seen).toEqual(['spawned']);
});

test('is not started again before what it needs runs', async () => {
  const database = processes();
  const { start } = database;
  const open = Promise.withResolvers<void>();
  database.start = async (spawned) => {
    if (database.pids.length > 0) await open.promise;
    return start(spawned);
  };
  const silent = recorded();
  const needed = keep(database, { events: silent.events, policy: quick });
  await needed.start();
  const service = processes();
  const { events, back } = recorded();
  await keep(service, { events, policy: quick, needs: [needed] }).start();
  const databaseDied = Promise.withResolvers<void>();
  database.died = async () => databaseDied.resolve();
  process.kill(database.pids[0] ?? 0, 'SIGKILL');
  await databaseDied.promise;
  const died = Promise.withResolvers<void>();
  service.died = async () => died.resolve();
  process.kill(service.pids[0] ?? 0, 'SIGKILL');
  await died.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(service.pids).toHaveLength(1);
  open.resolve();
  await back;
  expect(service.pids).toHaveLength(2);
});
