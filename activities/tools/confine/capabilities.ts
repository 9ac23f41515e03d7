import { kernelText } from '../../../files/kernel.ts';
import type { Groups } from './cgroup.ts';
import type { Confinement } from './confinement.ts';
import { systemProgram } from './find-program.ts';
import { openTracked } from './tracked.ts';

/**
 * What lets root look into or out of a container: read other processes and raw memory, mount, make devices, load
 * modules, listen on network interfaces. Numbers of linux/capability.h.
 */
const dropped = {
  dac_read_search: 2,
  net_admin: 12,
  net_raw: 13,
  sys_module: 16,
  sys_rawio: 17,
  sys_ptrace: 19,
  sys_admin: 21,
  sys_boot: 22,
  mknod: 27,
  mac_override: 32,
  mac_admin: 33,
  syslog: 34,
  perfmon: 38,
  bpf: 39,
  checkpoint_restore: 40,
} as const;

const lastCapability = (): number => {
  try {
    return Number(kernelText('/proc/sys/kernel/cap_last_cap'));
  } catch {
    return 0;
  }
};

export const droppedNames = (): string[] => {
  const last = lastCapability();
  return Object.entries(dropped).flatMap(([name, number]) => (number <= last ? [`CAP_${name.toUpperCase()}`] : []));
};

/** The beginning of a command line that gives up for good what a root command does not need. Null without setpriv. */
export const dropping = (): string[] | null => {
  const setpriv = systemProgram('setpriv');
  if (setpriv === null) return null;
  const last = lastCapability();
  // By number: a setpriv older than the kernel does not know all names.
  const bounds = Object.values(dropped).flatMap((number) => (number <= last ? [`-cap_${number}`] : []));
  return [setpriv, `--bounding-set=${bounds.join(',')}`, '--inh-caps=-all', '--'];
};

/**
 * For root where there are no namespaces: the kernel lets nobody look into a process that has a capability which they
 * lack. Throws a reason.
 */
export const openCapabilities = (groups: Groups | null): Confinement => {
  if (process.getuid?.() !== 0) throw new Error('it needs root');
  const prefix = dropping();
  if (prefix === null) throw new Error('setpriv (util-linux) is not installed');
  const words = 'commands run as root without the capabilities to look into our processes';
  return openTracked({ kind: 'capabilities', words, prefix, groups });
};
