import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { errnoOf } from './errno.ts';

const can = (file: string, mode: number): boolean => {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
};

/**
 * Why `file` did not start. One folder of PATH that this user may not search makes the system report EACCES for every
 * program that is in none of the others: that is ENOENT here.
 */
export const startErrnoOf = (file: string, error: unknown, searched = process.env.PATH): string | undefined => {
  const code = errnoOf(error);
  if (code !== 'EACCES' || file.includes('/')) return code;
  const candidates = (searched ?? '').split(path.delimiter).map((folder) => path.join(folder, file));
  return candidates.some((candidate) => can(candidate, constants.F_OK)) ? code : 'ENOENT';
};
