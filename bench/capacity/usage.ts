import { cpuSeconds, memoryOf, treeOf } from '../processes.ts';
import { groups, type Processes } from './contestant.ts';

const sumOver = (pids: readonly number[], of: (pid: number) => number): number =>
  pids.reduce((sum, pid) => sum + of(pid), 0);

/** CPU milliseconds used so far by each group, with everything below its processes. Linux only, as is memory. */
export const cpuMsByGroup = (processes: Processes): Record<string, number> =>
  Object.fromEntries(groups.map((group) => [group, sumOver(processes[group] ?? [], cpuSeconds) * 1000]));

/** Bytes of all groups together, with what processes share divided among them. */
export const pssOf = (processes: Processes): number =>
  sumOver(groups.flatMap((group) => processes[group] ?? []).flatMap(treeOf), (pid) => memoryOf(pid).pss);

export const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
