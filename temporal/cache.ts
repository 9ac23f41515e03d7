import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeCacheFolder } from '../files/places.ts';
import { isExecutable } from './locate.ts';

/** Makes the cache folder. Null when programs can be kept in it and run from it, otherwise why not. */
export const whyCacheUnusable = (): string | null => {
  let folder: string;
  try {
    folder = makeCacheFolder();
  } catch (error) {
    return (error as Error).message;
  }
  const probe = path.join(folder, `probe-${process.pid}`);
  try {
    writeFileSync(probe, '', { mode: 0o755 });
    return isExecutable(probe) ? null : `${folder} is on a file system whose programs may not run (mounted noexec)`;
  } catch (error) {
    return `${folder} cannot be written: ${(error as Error).message}`;
  } finally {
    rmSync(probe, { force: true });
  }
};
