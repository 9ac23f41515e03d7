import { cpuSeconds } from './processes.ts';

/** CPU milliseconds used so far, by process; `load` is the bench itself. */
export const cpuMsOf = (processes: Record<string, number>): Record<string, number> => {
  const { user, system } = process.cpuUsage();
  const others = Object.entries(processes).map(([name, pid]) => [name, cpuSeconds(pid) * 1000]);
  return { ...Object.fromEntries(others), load: (user + system) / 1000 };
};

export const cpuSince = (processes: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(cpuMsOf(processes)).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
