import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeptProcess, StackReport } from '../../contracts/stack.ts';
import { spaceOf } from '../../files/free-space.ts';
import { stackFolder } from '../../files/places.ts';
import { machineProgram } from '../../files/programs.ts';
import type { ApiContext } from '../context.ts';

const run = promisify(execFile);
const patienceMs = 2000;
const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();

/** How long a note takes from its commit to this process. Null: longer than anyone waits. */
const measureLag = async ({ store, listener }: Pick<ApiContext, 'store' | 'listener'>): Promise<number | null> => {
  const name = `ping/${randomUUID()}`;
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const unsubscribe = listener.subscribe(name, () => resolve(performance.now() - began));
  const timer = setTimeout(() => resolve(null), patienceMs);
  try {
    await store.ping(name);
    return await promise;
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
};

/** Resident bytes by pid; empty where `ps` cannot be run. */
const memoryOf = async (pids: readonly number[]): Promise<Map<number, number>> => {
  const ps = machineProgram('ps');
  if (ps === null || pids.length === 0) return new Map();
  try {
    const { stdout } = await run(ps, ['-o', 'pid=,rss=', '-p', pids.join(',')], { timeout: patienceMs });
    return new Map(
      stdout
        .trim()
        .split('\n')
        .map((line): [number, number] => {
          const [pid = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
          return [pid, kilobytes * 1024];
        }),
    );
  } catch {
    return new Map();
  }
};

const placesOf = async (project: string): Promise<StackReport['disks']> => {
  const places = [
    { of: 'Data of the stack', folder: stackFolder(project) },
    { of: 'Project', folder: project },
  ];
  const read = await Promise.all(places.map(async (place) => ({ ...place, space: await spaceOf(place.folder) })));
  return read.flatMap(({ of, folder, space }) => (space ? [{ of, folder, ...space }] : []));
};

/** What an operator asks first when something is slow. Parts that cannot be read are null, and the rest is there. */
export const createStackReport = (
  context: Pick<ApiContext, 'store' | 'listener' | 'gateway' | 'supervised' | 'about'>,
) => {
  const { store, gateway, supervised = () => null, about } = context;
  return async (): Promise<StackReport> => {
    const kept = supervised();
    const withMemory = async (processes: readonly KeptProcess[]) => {
      const memory = await memoryOf(processes.map(({ pid }) => pid));
      return processes.map((one) => ({ ...one, memoryBytes: memory.get(one.pid) ?? null }));
    };
    const [workers, waiting, database, queues, eventLagMs, disks] = await Promise.all([
      store.stack.workers(),
      store.stack.waiting(),
      store.stack.database().catch(() => null),
      gateway.taskQueues().catch(() => null),
      measureLag(context),
      placesOf(about.workspace),
    ]);
    return {
      at: new Date().toISOString(),
      api: { pid: process.pid, startedAt, memoryBytes: process.memoryUsage.rss() },
      supervisor: kept && { ...kept, processes: await withMemory(kept.processes) },
      workers,
      queues,
      waiting,
      eventLagMs,
      database,
      disks,
    };
  };
};
