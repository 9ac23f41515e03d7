import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/**
 * The parts of a PATH that no repository can put a program into: npm puts the project's own `node_modules/.bin` before
 * all others, and a relative part means the folder that git runs in.
 */
export const safePath = (searchPath: string, repository: string): string[] =>
  searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !folder.split(path.sep).includes('node_modules'))
    .filter((folder) => folder !== repository && !folder.startsWith(`${repository}${path.sep}`));

export const findProgram = (name: string, folders: readonly string[]): string | null =>
  folders.map((folder) => path.join(folder, name)).find(isProgram) ?? null;
