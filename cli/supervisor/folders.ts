import { accessSync, chmodSync, constants, lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { stackFolder } from '../../files/places.ts';

/** Where the stack of a project keeps what: all below one folder, as {@link stackFolder} says. */
export const foldersOf = (project: string) => {
  const root = stackFolder(project);
  return {
    project: path.resolve(project),
    root,
    data: path.join(root, 'data'),
    postgres: path.join(root, 'data', 'postgres'),
    temporalDb: path.join(root, 'data', 'temporal.db'),
    logs: path.join(root, 'logs'),
    run: path.join(root, 'run'),
    console: path.join(root, 'cache', 'console'),
    compileCache: path.join(root, 'cache', 'node'),
    lock: path.join(root, 'run', 'lock'),
    state: path.join(root, 'run', 'state.json'),
    token: path.join(root, 'token'),
  };
};
export type Folders = ReturnType<typeof foldersOf>;

export const logOf = (folders: Folders, name: string): string => path.join(folders.logs, `${name}.log`);

/** Throws `folder_unusable`. */
export const makeFolders = (folders: Folders): void => {
  try {
    // Others may pass through, not look: under root, Postgres runs as someone else.
    for (const folder of [folders.root, folders.data]) makeFolder(folder, 0o711);
    for (const folder of [folders.logs, folders.run]) makeFolder(folder, 0o700);
    const ignore = path.join(folders.root, '.gitignore');
    // Not through a link that a clone brings: one that leads nowhere would be a file outside.
    if (!lstatSync(ignore, { throwIfNoEntry: false })) writeFileSync(ignore, '*\n', { flag: 'wx' });
    // At once, and not by the first process that opens a log.
    for (const folder of [folders.data, folders.logs, folders.run]) accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new EverturnError(
      'folder_unusable',
      `Cannot write to ${folders.root}, where the stack of ${folders.project} keeps its data: ${(cause as Error).message}. Run Everturn as the user that the folder belongs to, or set EVERTURN_DATA to a folder that can be written; data that is there already is only found where it is`,
      { cause, details: { folder: folders.root } },
    );
  }
};

/** With this mode whatever the umask is; one that is there is left as it is. */
const makeFolder = (folder: string, mode: number): void => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, mode);
};
