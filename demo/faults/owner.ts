import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The kernel's table is read in parts, and one that changes meanwhile can lack a line. */
const looks = 5;

const inodeOfPort = (port: number): string | null => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local = '', , , , , , , , inode = '0'] = line.trim().split(/\s+/);
    if (local.endsWith(`:${wanted}`) && inode !== '0') return inode;
  }
  return null;
};

const holds = (pid: number, inode: string): boolean => {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((name) => {
      try {
        return readlinkSync(`${folder}/${name}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
};

/** Which of these processes a connection from this port of this machine belongs to. Linux only; null elsewhere. */
export const ownerOfPort = <Process extends { pid: number }>(
  port: number,
  processes: readonly Process[],
): Process | null => {
  if (process.platform !== 'linux') return null;
  for (let look = 1; look <= looks; look += 1) {
    const inode = inodeOfPort(port);
    const owner = inode === null ? undefined : processes.find(({ pid }) => holds(pid, inode));
    if (owner) return owner;
  }
  return null;
};
