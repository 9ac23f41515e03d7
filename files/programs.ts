import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { homeFolder } from './places.ts';

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

const isAtOrBelow = (folder: string, file: string): boolean =>
  file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);

/**
 * The parts of a PATH that no project can put a program into: npm puts the project's own `node_modules/.bin` before all
 * others, and a relative part means the working folder.
 */
export const safePath = (searchPath: string, project: string): string[] =>
  searchPath
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !folder.split(path.sep).includes('node_modules'))
    .filter((folder) => !isAtOrBelow(project, path.normalize(folder)));

export const findProgram = (name: string, folders: readonly string[]): string | null =>
  folders.map((folder) => path.join(folder, name)).find(isProgram) ?? null;

/** Where people have programs of their own below their home, a project there does not close them. */
const holdsHome = (project: string): boolean => isAtOrBelow(project, homeFolder());

/** As {@link safePath}, for programs that belong to the machine wherever the project is. */
export const machinePath = (searchPath: string, project: string): string[] =>
  // No folder is below this one.
  safePath(searchPath, holdsHome(project) ? path.join(path.sep, 'nonexistent') : project);

/**
 * A program of the machine that we start ourselves, by its absolute path: never one that the project brings. Null if
 * it is not found.
 */
export const machineProgram = (name: string, source: NodeJS.ProcessEnv = process.env): string | null => {
  const project = path.resolve(source.EVERTURN_PROJECT || process.cwd());
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  const folders = machinePath(source.PATH ?? '', project);
  return names.map((one) => findProgram(one, folders)).find((file) => file !== null) ?? null;
};

/** As {@link machineProgram}; if there is none, the name itself at a place where it is not found either. */
export const machineProgramPath = (name: string): string =>
  machineProgram(name) ?? path.join(path.sep, 'nonexistent', name);
