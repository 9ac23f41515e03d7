import { constants, type Stats } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: the bounded opener itself, with the jail.
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import { EverturnError } from '../../contracts/errors.ts';
import { linkedFiles } from '../../files/closed.ts';
import { irregularity, refusalOfOpen } from '../../files/regular.ts';
import { failed } from './failed.ts';
import type { InsidePath } from './jail.ts';
import { quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const blockBytes = 256 * 1024;

const refuse = (why: string | null): void => {
  if (why !== null) throw failed(why);
};

export const refuseIrregular = (stats: Stats): void => refuse(irregularity(stats));

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

/** A second name of a file that a data folder holds opens no door to it. */
const refuseLinked = async (stats: Stats, { shown }: InsidePath, dataFolders: readonly string[]): Promise<void> => {
  if (stats.nlink < 2 || !(await linkedFiles(dataFolders)).has(stats)) return;
  throw new EverturnError(
    'path_outside_workspace',
    `Cannot use path ${quote(shown)}: it is a hard link to a file in .everturn, which holds the stack's own data`,
  );
};

/**
 * Opens a regular file that is there, for reading or for reading and writing. Waits for no writer of a named pipe, and
 * touches no device. The caller closes it.
 */
export const openRegularFile = async (
  path: InsidePath,
  { dataFolders }: Pick<ToolContext, 'dataFolders'>,
  access: number = constants.O_RDONLY,
): Promise<{ handle: FileHandle; stats: Stats }> => {
  refuseIrregular(await lstat(path.real));
  const handle = await open(path.real, access | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    refuse(refusalOfOpen(handle.fd, stats));
    await refuseMoved(handle, path);
    await refuseLinked(stats, path, dataFolders);
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** The whole of an open file; undefined when it turns out to be longer than `most` bytes, whatever size it had. */
export const readWhole = async (handle: FileHandle, most: number): Promise<Buffer | undefined> => {
  const blocks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, most + 1 - size));
    const { bytesRead } = await handle.read(block, 0, block.length, size);
    if (bytesRead === 0) return Buffer.concat(blocks, size);
    size += bytesRead;
    if (size > most) return undefined;
    blocks.push(block.subarray(0, bytesRead));
  }
};
