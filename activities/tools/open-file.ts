import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import { EverturnError } from '../../contracts/errors.ts';
import { failed } from './failed.ts';
import type { InsidePath } from './jail.ts';
import { quote } from './text.ts';

const kindOf = (stats: Stats): string => {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return stats.isSymbolicLink() ? 'a symbolic link' : 'a device';
};

export const refuseIrregular = (stats: Stats): void => {
  if (!stats.isFile()) throw failed(`it is ${kindOf(stats)}, not a regular file`);
};

/**
 * A link put in the path between the jail's look and the opening would lead the handle elsewhere. Only Linux can
 * tell where a handle really stands.
 */
export const refuseMoved = async (handle: FileHandle, { real, shown }: InsidePath): Promise<void> => {
  if (process.platform !== 'linux') return;
  const opened = await readlink(`/proc/self/fd/${handle.fd}`);
  if (opened === real || opened === `${real} (deleted)`) return;
  throw new EverturnError(
    'path_outside_workspace',
    `Cannot use path ${quote(shown)}: it was moved while it was opened`,
  );
};

/** Opens a regular file for reading. Waits for no writer of a named pipe, and touches no device. The caller closes it. */
export const openRegularFile = async (path: InsidePath): Promise<{ handle: FileHandle; stats: Stats }> => {
  refuseIrregular(await lstat(path.real));
  const handle = await open(path.real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    refuseIrregular(stats);
    await refuseMoved(handle, path);
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
};
