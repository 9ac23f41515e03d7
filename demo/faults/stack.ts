import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ourEntries } from '../../cli/supervisor/context.ts';
import { foldersOf } from '../../cli/supervisor/folders.ts';
import { findRunning, readState } from '../../cli/supervisor/state.ts';
import { type ApiClient, createApiClient } from '../../client/api.ts';
import { startPostgres } from '../../postgres/server.ts';
import { freePort } from '../../runtime/ports.ts';
import { goneWithin, identify, isAlive, type ProcessIdentity } from '../../runtime/processes.ts';
import { findTemporal } from '../../temporal/find.ts';
import { startTemporal } from '../../temporal/server.ts';
import { now, until } from '../support/clock.ts';
import { runCommand, startCommand } from '../support/command.ts';
import { createProject } from '../support/project.ts';
import { openDisk } from './disk.ts';
import { openLink } from './link.ts';
import { ownerOfPort } from './owner.ts';
import type { victims } from './plan.ts';
import { startProvider } from './provider.ts';
import { createStatementObserver, type Side } from './statements.ts';

export type Victim = (typeof victims)[number];
type Statement = (name: string, side: Side, clientPort: number) => Promise<void>;

/** A process of ours beside those of the supervisor, started again whenever it ends. */
type Server = { pid: number; exited: Promise<unknown>; stop(): Promise<void> };

/** Deaths of one process under one supervisor within its minute; five are the end of the stack. */
const deathLimit = 3;
const windowMs = 62_000;

const isSupervised = (name: string): boolean => !['api-2', 'postgres', 'temporal'].includes(name);

/** Starts it again whenever it ends, as the machine's own supervisor would. */
const keepServer = async (start: () => Promise<Server>) => {
  let current: Server | null = await start();
  let isOver = false;
  const keep = async (): Promise<void> => {
    while (!isOver) {
      await current?.exited;
      current = null;
      while (!isOver && !current) current = await start().catch(() => null);
    }
  };
  const keeping = keep();
  return {
    pid: (): number | null => current?.pid ?? null,
    stop: async (): Promise<void> => {
      isOver = true;
      await current?.stop();
      await keeping;
      await current?.stop();
    },
  };
};

/**
 * The real stack of `everturn up` with two workers, a second API beside it, and links of ours before Postgres, Temporal
 * and the provider.
 */
const build = async (closers: Closer[]) => {
  const provider = await startProvider();
  closers.push(provider.close);
  let statement: Statement = async () => undefined;
  const ports = { postgres: await freePort(), temporal: await freePort(), api2: await freePort() };
  const links = {
    postgres: await openLink(
      () => ports.postgres,
      (port) => createStatementObserver(port, (...reached) => statement(...reached)),
    ),
    temporal: await openLink(() => ports.temporal),
    provider: await openLink(() => provider.port),
  };
  closers.push(async () => {
    await Promise.all(Object.values(links).map((link) => link.close()));
  });
  const project = await createProject(`http://127.0.0.1:${links.provider.port}/v1`, {
    subagentsPerSession: 4,
    subagents: 16,
  });
  closers.push(async (keep) => {
    if (!keep) await project.remove();
  });
  const folders = foldersOf(project.folder);
  const logs = (name: string): string => path.join(project.folder, `${name}.log`);
  const data = path.join(project.folder, 'disk');
  const disk = await openDisk(data);
  closers.push(async () => disk.remove());
  const { path: binary } = await findTemporal({ progress: () => undefined });

  let direct = '';
  const postgres = await keepServer(async () => {
    const running = await startPostgres({
      dataDir: path.join(data, 'postgres'),
      port: ports.postgres,
      log: logs('postgres'),
    });
    direct = running.url;
    return running;
  });
  closers.push(postgres.stop);
  const temporal = await keepServer(() =>
    startTemporal({
      binary,
      dbFile: path.join(data, 'temporal.db'),
      port: ports.temporal,
      uiPort: null,
      log: logs('temporal'),
    }),
  );
  closers.push(temporal.stop);
  const proxied = new URL(direct);
  proxied.port = String(links.postgres.port);
  const temporalAddress = `127.0.0.1:${links.temporal.port}`;
  const own = {
    ...project,
    env: {
      ...project.env,
      DATABASE_URL: proxied.href,
      TEMPORAL_ADDRESS: temporalAddress,
      EVERTURN_WORKERS: '2',
    },
  };

  const deaths: { name: string; at: number }[] = [];
  let supervisor: ProcessIdentity | null = null;

  const up = async (): Promise<void> => {
    const child = startCommand(own, ['up'], logs('up'));
    const running = await until(
      '"everturn up"',
      () => {
        if (child.exitCode !== null)
          throw new Error(`"everturn up" ended: ${readFileSync(logs('up'), 'utf8').slice(-2000)}`);
        return findRunning(project.folder);
      },
      180_000,
    );
    supervisor = identify(running.supervisorPid);
    deaths.length = 0;
  };
  closers.push(async () => {
    for (const link of Object.values(links)) link.set({ kind: 'open' });
    await runCommand(own, ['down']);
  });
  await up();
  const first = findRunning(project.folder);
  if (!first) throw new Error('The stack ended as soon as it was up');

  const startApi2 = async (): Promise<Server> => {
    const output = openSync(logs('api-2'), 'a');
    const child: ChildProcess = spawn(process.execPath, [ourEntries.api], {
      cwd: project.folder,
      env: { ...own.env, EVERTURN_TOKEN: first.token, EVERTURN_API_PORT: String(ports.api2) },
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const ready = new Promise((resolve) => child.once('message', () => resolve('ready')));
    if ((await Promise.race([ready, exited])) !== 'ready') {
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error(`The second API ended: ${readFileSync(logs('api-2'), 'utf8').slice(-2000)}`);
    }
    const stop = async (): Promise<void> => {
      child.kill('SIGKILL');
      await exited;
    };
    return { pid: child.pid ?? 0, exited, stop };
  };
  const api2 = await keepServer(startApi2);
  closers.push(api2.stop);

  const supervised = (): { name: string; pid: number }[] => readState(folders.state).processes.filter(isAlive);
  const pidOf = (victim: Victim): number | null => {
    if (victim === 'postgres') return postgres.pid();
    if (victim === 'temporal') return temporal.pid();
    if (victim === 'api-2') return api2.pid();
    if (victim === 'supervisor') return supervisor && isAlive(supervisor) ? supervisor.pid : null;
    return supervised().find(({ name }) => name === victim)?.pid ?? null;
  };
  const ourPids = (): { name: string; pid: number }[] => {
    const second = api2.pid();
    const above = supervisor ? [{ name: 'supervisor', pid: supervisor.pid }] : [];
    return [...supervised(), ...above, ...(second === null ? [] : [{ name: 'api-2', pid: second }])];
  };

  const urls = [first.apiUrl, `http://127.0.0.1:${ports.api2}`] as const;
  const apis: readonly ApiClient[] = urls.map((baseUrl) => createApiClient({ baseUrl, token: first.token }));

  const restart = async (): Promise<void> => {
    await runCommand(own, ['down']);
    await up();
  };

  return {
    provider,
    project: own,
    links,
    disk,
    urls,
    apis,
    token: first.token,
    /** Past the links, for whoever only looks. */
    databaseUrl: (): string => direct,
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    watchStatements: (next: Statement): void => {
      statement = next;
    },
    pidOf,
    /** Whose connection comes from this port; null when it is gone already. */
    askerOf: (clientPort: number): { name: Victim; pid: number } | null =>
      ownerOfPort(clientPort, ourPids()) as { name: Victim; pid: number } | null,
    /** kill -9. Resolves when it is gone; false when there is no such process at the moment. */
    kill: async (victim: Victim): Promise<boolean> => {
      const pid = pidOf(victim);
      const identity = pid === null ? null : identify(pid);
      if (!identity) return false;
      deaths.push({ name: victim, at: now() });
      process.kill(identity.pid, 'SIGKILL');
      await goneWithin(identity, 10_000);
      if (victim === 'supervisor') await up();
      return true;
    },
    /** Everything runs and answers again. */
    whole: async (): Promise<void> => {
      const recent = deaths.filter(({ name, at }) => isSupervised(name) && now() - at < windowMs);
      const isWorn = recent.some(({ name }) => recent.filter((one) => one.name === name).length >= deathLimit);
      if (isWorn || pidOf('supervisor') === null) await restart();
      const names: readonly Victim[] = ['worker-1', 'worker-2', 'scripts-1', 'api', 'api-2', 'postgres', 'temporal'];
      await until('the stack to be whole', async () => {
        if (pidOf('supervisor') === null)
          throw new Error(`The supervisor gave up: ${readFileSync(logs('up'), 'utf8').slice(-1500)}`);
        if (names.some((name) => pidOf(name) === null)) return false;
        const healths = await Promise.all(apis.map((api) => api.health().catch(() => null)));
        return healths.every((health) => health?.status === 'ok');
      });
    },
  };
};

/** Ends what it began; `keep`: leaves the project folder with its logs. */
type Closer = (keep: boolean) => Promise<void>;

/** The stack, whole. What was begun is ended when one of its parts cannot start. */
export const openStack = async () => {
  const closers: Closer[] = [];
  const close = async (keep: boolean): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer(keep);
  };
  try {
    return { ...(await build(closers)), close };
  } catch (error) {
    await close(false);
    throw error;
  }
};
export type FaultStack = Awaited<ReturnType<typeof openStack>>;
