import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';

/** A disk of its own for the data of both servers, which can be made full. */
export type Disk = {
  /** False where we may not mount one: the folder is an ordinary one then. */
  isOwn: boolean;
  fill(): void;
  free(): void;
  remove(): void;
};

const size = '1500m';
const attempts = 20;

const mount = (...args: string[]): boolean => {
  try {
    execFileSync('mount', args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A tmpfs, which root can mount on Linux. It is full when its size is set to what is used, and takes no memory for it. */
export const openDisk = async (folder: string): Promise<Disk> => {
  await mkdir(folder, { mode: 0o711 });
  const isOwn = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', `size=${size},mode=0711`, 'tmpfs', folder);
  return {
    isOwn,
    fill: () => {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const { blocks, bfree, bsize } = statfsSync(folder);
        // Refused when something was written in between.
        if (mount('-o', `remount,size=${(blocks - bfree) * bsize}`, folder)) return;
      }
      throw new Error(`Cannot make ${folder} full`);
    },
    free: () => {
      if (!mount('-o', `remount,size=${size}`, folder)) throw new Error(`Cannot make room in ${folder}`);
    },
    remove: () => {
      if (isOwn) execFileSync('umount', ['--lazy', folder]);
    },
  };
};
