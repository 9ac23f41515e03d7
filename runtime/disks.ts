/** Of Linux: include/uapi/linux/magic.h and the headers of the file systems. */
const networkDisks = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE, such as sshfs'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/** The name of a file system that is on another machine, by the type that statfs gives. Null elsewhere than on Linux. */
export const networkDisk = (type: number): string | null =>
  process.platform === 'linux' ? (networkDisks.get(type >>> 0) ?? null) : null;

const tmpfs = 0x01021994;
export const memoryDisk = (type: number): boolean => process.platform === 'linux' && type === tmpfs;
