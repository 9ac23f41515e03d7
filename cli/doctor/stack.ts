import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { machineProgramPath } from '../../files/programs.ts';
import { runningOn } from '../../postgres/leftover.ts';
import { lockHolder } from '../../runtime/lock.ts';
import { isPortFree } from '../../runtime/ports.ts';
import { isAlive } from '../../runtime/processes.ts';
import type { Folders } from '../supervisor/folders.ts';
import { postgresName } from '../supervisor/leftovers.ts';
import { type PortContext, portNames, wishOf } from '../supervisor/port-wishes.ts';
import { findRunning, readState, type StackProcess } from '../supervisor/state.ts';
import { type Check, fail, ok, warn } from './check.ts';

const run = promisify(execFile);

export const checkStack = async (folders: Folders): Promise<Check[]> => {
  const { processes } = readState(folders.state);
  const living = processes.filter(isAlive);
  const running = findRunning(folders.project);
  if (running) {
    return [
      ok('stack', `runs, process ${running.supervisorPid}: ${running.apiUrl}`),
      ...checkReload(folders),
      ok('memory', await memoryOf([...living, { name: 'supervisor', pid: running.supervisorPid }])),
    ];
  }
  const holder = lockHolder(folders.lock);
  if (holder) return [ok('stack', `is starting or stopping, process ${holder.pid}`)];
  const left = living.map(({ name, pid }) => `${name} (${pid})`);
  if (left.length === 0 && runningOn(folders.postgres) === null) return [ok('stack', 'does not run')];
  return [
    warn(
      'stack',
      `its supervisor is gone, but these still run: ${left.join(', ') || 'postgres'}`,
      'The next "npx everturn up" stops them and starts again; "npx everturn down" only stops them',
    ),
  ];
};

/** Whether a stack that runs uses everturn.yaml as it is now. */
const checkReload = (folders: Folders): Check[] => {
  const { config } = readState(folders.state);
  if (config === null) return [];
  const { at, fault, needsRestart } = config;
  if (fault !== null) {
    return [
      warn(
        'reload',
        `the stack does not use everturn.yaml as it is now: ${fault.replaceAll(/\s+/g, ' ')}`,
        'Mend it; the stack reads it again by itself',
      ),
    ];
  }
  if (needsRestart.length === 0) return [ok('reload', `the stack uses everturn.yaml as it was read at ${at}`)];
  return [
    warn(
      'reload',
      `the stack uses everturn.yaml as it was read at ${at}, but for ${needsRestart.join(', ')}`,
      'Start the stack again for these',
    ),
  ];
};

/** Of a stack that runs nothing is asked: it has its ports. */
export const checkPorts = async (context: PortContext & { folders: Folders }): Promise<Check[]> => {
  if (lockHolder(context.folders.lock)) return [];
  const checks = await Promise.all(
    portNames.map(async (name): Promise<Check[]> => {
      const { asked, remembered, usual } = wishOf(context, name);
      const port = asked?.port ?? remembered ?? usual;
      if (await isPortFree(port)) return [ok('port', `${port} for ${name} is free`)];
      if (!asked) return [ok('port', `${port} for ${name} is taken: another one will be chosen`)];
      return [
        fail(
          'port',
          `${port} for ${name} is taken, and ${asked.by} asks for it`,
          'Stop what listens there, or ask for another',
        ),
      ];
    }),
  );
  return checks.flat();
};

/** Resident memory by process, in MB; what processes share counts in each. */
const memoryOf = async (processes: Pick<StackProcess, 'name' | 'pid'>[]): Promise<string> => {
  const { stdout } = await run(machineProgramPath('ps'), ['-axo', 'pid=,ppid=,rss=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number]);
  const told = processes.map(({ name, pid }) => {
    const own = rows.filter(([id, parent]) => id === pid || (name === postgresName && parent === pid));
    return `${name} ${Math.round(own.reduce((sum, [, , kilobytes]) => sum + kilobytes, 0) / 1024)}`;
  });
  return `in MB: ${told.join(', ')}`;
};
