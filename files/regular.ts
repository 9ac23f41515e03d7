import { fstatSync, readlinkSync, type Stats, statfsSync } from 'node:fs';

/** What a file system of the kernel's calls itself (statfs.f_type): its files have no size, no end or side effects. */
const kernelFileSystems = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x1cd1, 'devpts'],
  [0x6e736673, 'nsfs'],
  [0x19800202, 'mqueue'],
  [0x73636673, 'securityfs'],
  [0xcafe4a11, 'bpf'],
  [0x62656570, 'configfs'],
  [0x42494e4d, 'binfmt_misc'],
  [0x6165676c, 'pstore'],
  [0xde5e81e4, 'efivarfs'],
  [0xf97cff8c, 'selinuxfs'],
  [0x65735543, 'fusectl'],
]);

/** Why something is not a regular file; null for one that is. */
export const irregularity = (stats: Stats): string | null => {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return 'it is a folder, not a regular file';
  if (stats.isFIFO()) return 'it is a named pipe, not a regular file';
  if (stats.isSocket()) return 'it is a socket, not a regular file';
  return `it is ${stats.isSymbolicLink() ? 'a symbolic link' : 'a device'}, not a regular file`;
};

/** Where an open file really is; null where only Linux could tell. */
export const placeOfOpen = (fd: number): string | null =>
  process.platform === 'linux' ? readlinkSync(`/proc/self/fd/${fd}`) : null;

const isOfKernel = (fd: number): boolean => {
  if (process.platform !== 'linux') return false;
  return kernelFileSystems.has(statfsSync(`/proc/self/fd/${fd}`).type);
};

/** Why an open file is not to be read: it is not regular, or the kernel makes it up (`/proc`, `/sys`). */
export const refusalOfOpen = (fd: number, stats: Stats = fstatSync(fd)): string | null =>
  irregularity(stats) ?? (isOfKernel(fd) ? 'it is a file of the kernel, such as those in /proc' : null);

/** The names of such file systems, as the list of mounts has them. */
export const kernelFileSystemNames: ReadonlySet<string> = new Set(kernelFileSystems.values());

/** Whether the kernel makes up what is at a path: its files are not for those who search many. */
export const isMadeUp = (file: string): boolean =>
  process.platform === 'linux' && kernelFileSystems.has(statfsSync(file).type);
