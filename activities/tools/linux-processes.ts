// biome-ignore lint/style/noRestrictedImports: /proc, whose files are short.
import { readdir, readFile } from 'node:fs/promises';

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

/** `stat`: what `/proc/<pid>/stat` says. */
export const parseProcess = (stat: string): LinuxProcess => {
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

/** All processes of the machine, apart from those that end while it looks. Linux alone has /proc. */
export const listProcesses = async (): Promise<LinuxProcess[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = await Promise.allSettled(
    pids.map(async (pid) => parseProcess(await readFile(`/proc/${pid}/stat`, 'utf8'))),
  );
  return read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
