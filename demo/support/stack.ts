import { readFileSync } from 'node:fs';
import path from 'node:path';
import { foldersOf } from '../../cli/supervisor/folders.ts';
import { findRunning, readState, type StackProcess } from '../../cli/supervisor/state.ts';
import { type ApiClient, createApiClient } from '../../client/api.ts';
import { identify, isAlive, type ProcessIdentity } from '../../runtime/processes.ts';
import { until } from './clock.ts';
import { runCommand, startCommand } from './command.ts';
import { killNow } from './kill.ts';
import type { Project } from './project.ts';

export const targets = ['worker', 'temporal', 'postgres', 'api', 'supervisor'] as const;
export type Target = (typeof targets)[number];

/** The first start on a busy machine unpacks servers, too. */
const startMs = 240_000;

/** Deaths of one process under one supervisor; five within a minute are the end of a stack. */
const deathLimit = 3;

/** The real stack: `everturn up` in its folder, and the pids that it noted. */
export const createStack = (project: Project) => {
  const folders = foldersOf(project.folder);
  const log = path.join(project.folder, 'up.log');
  const everSeen = new Map<string, ProcessIdentity & { name: string }>();
  let deaths = new Map<Target, number>();
  let api: ApiClient | undefined;

  const note = (name: string, identity: ProcessIdentity): void => {
    everSeen.set(`${identity.pid}/${identity.startedAt}`, { ...identity, name });
  };
  const processes = (): StackProcess[] => {
    const { processes: noted } = readState(folders.state);
    for (const process of noted) note(process.name, process);
    return noted.filter(isAlive);
  };
  const pidsOf = (target: Target): number[] => {
    if (target !== 'supervisor') {
      return processes().flatMap(({ name, pid }) => (name.replace(/-\d+$/, '') === target ? [pid] : []));
    }
    const running = findRunning(project.folder);
    return running ? [running.supervisorPid] : [];
  };

  const up = async (): Promise<void> => {
    const child = startCommand(project, ['up'], log);
    const identity = child.pid === undefined ? null : identify(child.pid);
    if (identity) note('everturn up', identity);
    const running = await until(
      '"everturn up"',
      () => {
        if (child.exitCode !== null) throw new Error(`"everturn up" ended: ${readFileSync(log, 'utf8').slice(-2000)}`);
        return findRunning(project.folder);
      },
      startMs,
    );
    const supervisor = identify(running.supervisorPid);
    if (supervisor) note('supervisor', supervisor);
    deaths = new Map();
    api ??= createApiClient({ baseUrl: running.apiUrl, token: running.token });
  };

  const down = async (): Promise<void> => {
    processes();
    const { code, output } = await runCommand(project, ['down']);
    if (code !== 0) throw new Error(`"everturn down" failed: ${output}`);
  };

  return {
    project,
    up,
    down,
    processes,
    get api(): ApiClient {
      if (!api) throw new Error('The stack has not been up yet');
      return api;
    },
    isRunning: (target: Target): boolean => pidsOf(target).length > 0,
    /** kill -9 of each, at once. Resolves when they are gone. */
    async kill(...killed: readonly Target[]): Promise<void> {
      const found = killed.map((target) => ({ target, pids: pidsOf(target) }));
      const missing = found.find(({ pids }) => pids.length === 0);
      if (missing) throw new Error(`There is no ${missing.target} to kill`);
      for (const target of killed) deaths.set(target, (deaths.get(target) ?? 0) + 1);
      await killNow(...found.flatMap(({ pids }) => pids));
    },
    isUp: (): boolean => findRunning(project.folder) !== null,
    /** Everything runs and answers again; started anew before the supervisor would give up on what we kill. */
    async whole(): Promise<void> {
      if ([...deaths.values()].some((count) => count >= deathLimit)) {
        await down();
        await up();
      }
      await until('the stack to be whole', async () => {
        if (targets.some((target) => pidsOf(target).length === 0)) return false;
        const health = await api?.health().catch(() => null);
        return health?.status === 'ok';
      });
    },
    /** What was started for this stack at any time and still runs. */
    left: (): string[] => [...everSeen.values()].filter(isAlive).map(({ name, pid }) => `${name} (${pid})`),
  };
};

export type CrashStack = ReturnType<typeof createStack>;
