import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** After the name, which is in parentheses and may hold anything: state (field 3), parent (4) … user and system time (14, 15),
 * the same of children that were waited for (16, 17). */
const statOf = (pid: number): string[] | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
};

/** None where there is no /proc: figures of processes are then zero. */
const allPids = (): number[] =>
  process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Number.isInteger) : [];

/** The process and everything below it. Only on Linux. */
export const treeOf = (root: number): number[] => {
  const parents = allPids().map((pid) => ({ pid, parent: Number(statOf(pid)?.[1]) }));
  const tree = [root];
  for (const member of tree) tree.push(...parents.filter(({ parent }) => parent === member).map(({ pid }) => pid));
  return tree;
};

/** User and system time of the process and everything below it, its children that have ended included. */
export const cpuSeconds = (root: number): number =>
  treeOf(root).reduce((sum, pid) => {
    const times = statOf(pid)?.slice(11, 15) ?? [];
    return sum + times.reduce((ticks, time) => ticks + Number(time), 0) / ticksPerSecond;
  }, 0);

/** Bytes of memory: resident, and with what is shared divided among those that share it. */
export const memoryOf = (pid: number): { rss: number; pss: number } => {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
    return { rss: read('Rss') * 1024, pss: read('Pss') * 1024 };
  } catch {
    return { rss: 0, pss: 0 };
  }
};
