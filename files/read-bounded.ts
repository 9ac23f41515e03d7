import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { irregularity, placeOfOpen, refusalOfOpen } from './regular.ts';

export type ReadBounds = {
  /** In bytes. A longer file is refused, not cut. */
  most: number;
  /** The file must really be in this folder, wherever links lead. Default: anywhere. */
  within?: string | undefined;
};

/** A file that is there and is not read. The message says why, without the file's name. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
}

const blockBytes = 64 * 1024;
/** For the whole of a file. A disk that answers more slowly than this is given up on between two blocks. */
const maxMs = 5000;

const isIn = (folder: string, file: string): boolean =>
  file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);

const readOpen = (fd: number, most: number): Buffer => {
  const until = Date.now() + maxMs;
  const blocks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const block = Buffer.allocUnsafe(Math.min(blockBytes, most + 1 - size));
    const read = readSync(fd, block, 0, block.length, size);
    if (read === 0) return Buffer.concat(blocks, size);
    size += read;
    if (size > most) throw new FileRefused(`the file has more than ${most} bytes: expected at most ${most}`);
    if (Date.now() > until) throw new FileRefused(`reading the file took over ${maxMs / 1000} s`);
    blocks.push(block.subarray(0, read));
  }
};

/**
 * The bytes of a file that a user, a clone or an agent brought. Waits for no writer of a named pipe, opens no device,
 * reads no file of the kernel's, and stops at the bound whatever size the file claims.
 * Throws {@link FileRefused}, and the system's own errors.
 */
export const readBounded = (file: string, { most, within }: ReadBounds): Buffer => {
  // Before the opening: to open some devices has an effect of its own.
  const why = irregularity(statSync(file));
  if (why !== null) throw new FileRefused(why);
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const refusal = refusalOfOpen(fd);
    if (refusal !== null) throw new FileRefused(refusal);
    if (within !== undefined && !isIn(realpathSync(within), placeOfOpen(fd) ?? realpathSync(file)))
      throw new FileRefused(`it is a symbolic link that leads out of ${within}; put the file itself there`);
    const { size } = fstatSync(fd);
    if (size > most) throw new FileRefused(`the file has ${size} bytes: expected at most ${most}`);
    return readOpen(fd, most);
  } finally {
    closeSync(fd);
  }
};

export const readTextBounded = (file: string, bounds: ReadBounds): string => readBounded(file, bounds).toString('utf8');
