import { kernelTextLater, listProcesses } from '../../files/kernel.ts';
import { endGroup } from './process-group.ts';

/** In the environment of every command: finds its processes when the worker that started them is dead. */
export const callVariable = 'EVERTURN_CALL';
/** In the environment of every program: names the worker that runs it. */
export const workerVariable = 'EVERTURN_WORKER';

const findGroups = async (mark: string): Promise<Set<number>> => {
  const processes = (await listProcesses()).filter(({ zombie }) => !zombie);
  const own = processes.find(({ pid }) => pid === process.pid)?.group;
  const groups = new Set<number>();
  const check = async (pid: number, group: number) => {
    const environment = await kernelTextLater(`/proc/${pid}/environ`);
    if (`\0${environment}`.includes(mark)) groups.add(group);
  };
  const candidates = processes.filter(({ group }) => group > 1 && group !== own);
  // A process that ended meanwhile, or that belongs to another user, is not one of ours.
  await Promise.allSettled(candidates.map(({ pid, group }) => check(pid, group)));
  return groups;
};

/**
 * Ends the process groups that have a variable with this value in their environment. Returns their number; always 0 outside
 * Linux, where they cannot be found.
 */
export const killMarked = async (variable: string, value: string): Promise<number> => {
  if (process.platform !== 'linux') return 0;
  const mark = `\0${variable}=${value}\0`;
  const ended = new Set<number>();
  // Again, because one that is being ended may just have started another.
  for (let round = 0; round < 3; round += 1) {
    const groups = await findGroups(mark);
    if (groups.size === 0) break;
    for (const group of groups) ended.add(group);
    await Promise.all([...groups].map(endGroup));
  }
  return ended.size;
};

/** Ends the process groups that a command of this call left running, wherever they moved, and answers how many there were. */
export const killOrphans = (idempotencyKey: string): Promise<number> => killMarked(callVariable, idempotencyKey);
