import { mkdirSync, rmdirSync } from 'node:fs';
import { rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kernelNamesLater, kernelText, kernelTextLater } from '../../../files/kernel.ts';

const maxMs = 5000;

/** Of cgroup v2: the folder of the group that this process is in. Null where there is none. */
const ownGroup = (): string | null => {
  try {
    const line = /^0::(.*)$/m.exec(kernelText('/proc/self/cgroup'))?.[1];
    const mounts = kernelText('/proc/self/mountinfo').split('\n');
    const mount = mounts.find((entry) => entry.includes(' - cgroup2 '))?.split(' ')[4];
    return line === undefined || mount === undefined ? null : path.join(mount, line);
  } catch {
    return null;
  }
};

/** A group that takes in all that a program starts, and can end it. */
export type ProgramGroup = { procs: string; end(): Promise<void> };
export type Groups = { open(): ProgramGroup };

/** Groups of programs below the group `name`, which names the worker. Null where we may not make any. */
export const openGroups = (name: string): Groups | null => {
  const own = ownGroup();
  if (own === null) return null;
  const folder = path.join(own, groupName(name));
  try {
    mkdirSync(folder, { recursive: true });
    const trial = path.join(folder, 'trial');
    mkdirSync(trial, { recursive: true });
    rmdirSync(trial);
  } catch {
    return null;
  }
  let count = 0;
  return {
    open: () => {
      count += 1;
      const group = path.join(folder, String(count));
      mkdirSync(group);
      return { procs: path.join(group, 'cgroup.procs'), end: () => endGroup(group) };
    },
  };
};

/** Ends all that the programs of a worker left, and removes its groups. Does nothing where there are none. */
export const endGroupsOf = async (name: string): Promise<void> => {
  const own = ownGroup();
  if (own === null) return;
  const folder = path.join(own, groupName(name));
  const groups = (await kernelNamesLater(folder).catch(() => [])).filter((entry) => /^(\d+|trial)$/.test(entry));
  await Promise.all(groups.map((group) => endGroup(path.join(folder, group))));
  await rmdir(folder).catch(() => undefined);
};

const groupName = (name: string): string => `everturn-${name.replaceAll(/[^\w.-]/g, '_')}`;

const killAll = async (group: string): Promise<void> => {
  try {
    await writeFile(path.join(group, 'cgroup.kill'), '1');
  } catch {
    // Before Linux 5.14.
    const pids = (await kernelTextLater(path.join(group, 'cgroup.procs'))).split('\n').filter(Boolean);
    for (const pid of pids) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
  }
};

const endGroup = async (group: string): Promise<void> => {
  const deadline = performance.now() + maxMs;
  // It can be removed when nothing runs in it, not even the dying.
  for (let pause = 1; performance.now() < deadline; pause = Math.min(pause * 2, 50)) {
    if (
      await rmdir(group).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
      )
    )
      return;
    await killAll(group).catch(() => undefined);
    await delay(pause);
  }
};
