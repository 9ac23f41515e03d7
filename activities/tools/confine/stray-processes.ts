import { readlinkSync } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  kernelNames,
  kernelNamesLater,
  kernelTextLater,
  type LinuxProcess,
  listProcesses,
} from '../../../files/kernel.ts';

/** A process that a command may have left running. `command`: its command line, as it says itself. */
export type LeftProcess = { pid: number; command: string };

type Stray = LeftProcess & { isCertain: boolean };

const maxCommand = 200;

const linksOf = async (pid: number): Promise<string[]> => {
  const names = await kernelNamesLater(`/proc/${pid}/fd`);
  const links = await Promise.allSettled(names.map((name) => readlink(`/proc/${pid}/fd/${name}`)));
  return links.flatMap((link) => (link.status === 'fulfilled' ? [link.value] : []));
};

/** The sockets that a program has for its output: a process that holds one later on is the program's. */
const outputsOf = (pid: number): string[] => {
  try {
    const links = kernelNames(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
    return links.filter((link) => link.startsWith('socket:'));
  } catch {
    return [];
  }
};

const startOf = async (pid: number): Promise<number | null> => {
  const processes = await listProcesses();
  return processes.find((process) => process.pid === pid)?.startedAt ?? null;
};

/** Who takes in the children of the dead: process 1, or one of our ancestors that asked for it. Node never does. */
const findAdopters = (known: Map<number, LinuxProcess>): Set<number> => {
  const adopters = new Set([1]);
  for (let pid = known.get(process.pid)?.parent; pid !== undefined && pid > 1; pid = known.get(pid)?.parent) {
    if (adopters.has(pid)) break;
    if (!isNode(pid)) adopters.add(pid);
  }
  return adopters;
};

const isNode = (pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === process.execPath;
  } catch {
    return false;
  }
};

type Scene = { known: Map<number, LinuxProcess>; adopters: Set<number>; since: number };

/** Whether its eldest ancestor of the time since then was adopted, and left the session of who adopted it. */
const isOrphan = (process: LinuxProcess, { known, adopters, since }: Scene): boolean => {
  let eldest = process;
  for (let depth = 0; depth < 1000; depth += 1) {
    const parent = known.get(eldest.parent);
    if (!parent) return true;
    if (adopters.has(parent.pid)) return eldest.session !== parent.session;
    if (parent.startedAt < since) return false;
    eldest = parent;
  }
  return false;
};

const describe = async (pid: number, outputs: readonly string[]): Promise<Stray | null> => {
  try {
    const [{ uid }, links, line] = await Promise.all([
      stat(`/proc/${pid}`),
      linksOf(pid),
      kernelTextLater(`/proc/${pid}/cmdline`),
    ]);
    // Without a command line it is a thread of the kernel.
    if (uid !== process.getuid?.() || line === '') return null;
    const command = line.replaceAll('\0', ' ').trim().slice(0, maxCommand);
    return { pid, command, isCertain: links.some((link) => outputs.includes(link)) };
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return null;
  }
};

const orphansSince = async (since: number): Promise<LinuxProcess[]> => {
  const processes = await listProcesses();
  const known = new Map(processes.map((process) => [process.pid, process]));
  const own = known.get(process.pid)?.session;
  const scene = { known, adopters: findAdopters(known), since };
  return processes.filter(
    (one) => !one.zombie && one.startedAt >= since && one.session !== own && isOrphan(one, scene),
  );
};

/** Of processes that others start, many are orphans for a moment. */
const passingMs = 50;

/**
 * Watches for what a program leaves in sessions of its own, where nothing better is there. It is found by what it
 * cannot hide: that it began after the program did, that its parent is gone, and whose output it holds.
 */
export const watchStrays = (pid: number) => {
  if (process.platform !== 'linux') return { find: () => Promise.resolve([]) };
  const outputs = outputsOf(pid);
  const started = startOf(pid);
  return {
    /** To be asked when the program has ended. `isCertain`: it is the program's, without doubt. */
    find: async (): Promise<Stray[]> => {
      const since = await started;
      if (since === null) return [];
      const first = new Set((await orphansSince(since)).map(({ pid }) => pid));
      if (first.size === 0) return [];
      await delay(passingMs);
      const strays = (await orphansSince(since)).filter(({ pid }) => first.has(pid));
      const described = await Promise.all(strays.map((stray) => describe(stray.pid, outputs)));
      return described.filter((stray) => stray !== null);
    },
  };
};
