import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { irregularity } from './regular.ts';

const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a log for appending, for this user's eyes; the caller closes it. A link, a second name or a pipe in its place,
 * as a clone can bring one, would send our output into another file: it is refused.
 */
export const openLog = (file: string): number => {
  const fd = openSync(file, flags, 0o600);
  const stats = fstatSync(fd);
  const why = irregularity(stats) ?? (stats.nlink > 1 ? 'it has a second name (a hard link)' : null);
  if (why === null) return fd;
  closeSync(fd);
  throw new Error(`Cannot write the log ${file}: ${why}. Remove it`);
};
