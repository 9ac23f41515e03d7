// biome-ignore lint/style/noRestrictedImports: /proc, whose files are short.
import { readdir, readFile } from 'node:fs/promises';

export type LinuxProcess = {
  pid: number;
  group: number /** Dead, and not yet reaped by its parent. */;
  zombie: boolean;
};

const readProcess = async (pid: string): Promise<LinuxProcess> => {
  // `<pid> (<name>) <state> <parent> <group> …`; the name may hold spaces and parentheses.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid: Number(pid), group: Number(group), zombie: state === 'Z' || state === 'X' };
};

/** All processes of the machine, apart from those that end while it looks. Linux alone has /proc. */
export const listProcesses = async (): Promise<LinuxProcess[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = await Promise.allSettled(pids.map(readProcess));
  return read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
