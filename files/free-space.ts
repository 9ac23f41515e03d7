import { statfs } from 'node:fs/promises';

/** Of the disk that a folder is on. Null where it cannot be read. */
export const spaceOf = async (folder: string): Promise<{ free: number; size: number } | null> => {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, size: blocks * bsize };
  } catch {
    return null;
  }
};
