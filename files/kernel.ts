import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Files and folders of the kernel, in /proc and /sys: short, and answered at once. Each throws what `node:fs` does. */
export const kernelText = (file: string): string => readFileSync(file, 'utf8');
export const kernelTextLater = (file: string): Promise<string> => readFile(file, 'utf8');
export const kernelNames = (folder: string): string[] => readdirSync(folder);
export const kernelNamesLater = (folder: string): Promise<string[]> => readdir(folder);

export type LinuxProcess = {
  pid: number;
  parent: number;
  group: number;
  session: number;
  /** Clock ticks since the machine started. */
  startedAt: number;
  /** Dead, and not yet reaped by its parent. */
  zombie: boolean;
};

const parseProcess = (stat: string): LinuxProcess => {
  // `<pid> (<name>) <state> <parent> <group> <session> …`; the name may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startedAt: Number(fields[19]),
    zombie: state === 'Z' || state === 'X',
  };
};

/** When a process started, in clock ticks since the machine did. Null if there is none, or only a zombie. */
export const processStart = (pid: number): number | null => {
  try {
    const { zombie, startedAt } = parseProcess(kernelText(`/proc/${pid}/stat`));
    return zombie ? null : startedAt;
  } catch {
    return null;
  }
};

/** All processes of the machine, except those that end while it looks. Only Linux has /proc. */
export const listProcesses = async (): Promise<LinuxProcess[]> => {
  const pids = (await kernelNamesLater('/proc')).filter((name) => /^\d+$/.test(name));
  const read = await Promise.allSettled(
    pids.map(async (pid) => parseProcess(await kernelTextLater(`/proc/${pid}/stat`))),
  );
  return read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
