import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

const fault = (code: 'ENOENT' | 'EACCES', file: string): Error =>
  Object.assign(new Error(`${code}: cannot start ${file}`), { code });

const isProgram = (file: string): boolean => {
  const isFile = statSync(file).isFile();
  accessSync(file, constants.X_OK);
  return isFile;
};

/**
 * Looks a program up like execvp, before it is started: a wrapper could report a missing program only in the command's own
 * output. Throws ENOENT, or EACCES for a file that may not be run.
 */
export const checkProgram = (file: string, cwd: string, { PATH = '/usr/bin:/bin' }: Record<string, string>): void => {
  const places = file.includes('/') ? [file] : PATH.split(':').map((folder) => path.join(folder || '.', file));
  let refused = false;
  for (const place of places) {
    try {
      if (isProgram(path.resolve(cwd, place))) return;
      refused = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES') refused = true;
    }
  }
  throw fault(refused ? 'EACCES' : 'ENOENT', file);
};

const systemFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/run/current-system/sw/bin'];

/** A program of the system by its absolute path: a command's PATH may lead into its workspace. Null when it is not there. */
export const systemProgram = (name: string, folders: readonly string[] = systemFolders): string | null => {
  for (const folder of folders) {
    const file = path.join(folder, name);
    try {
      if (isProgram(file)) return file;
    } catch {
      // Not here.
    }
  }
  return null;
};
