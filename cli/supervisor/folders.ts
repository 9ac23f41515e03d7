import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where the stack of a project keeps what: all below `.everturn/`. */
export const foldersOf = (project: string) => {
  const root = path.join(path.resolve(project), '.everturn');
  return {
    project: path.resolve(project),
    root,
    data: path.join(root, 'data'),
    postgres: path.join(root, 'data', 'postgres'),
    temporalDb: path.join(root, 'data', 'temporal.db'),
    logs: path.join(root, 'logs'),
    run: path.join(root, 'run'),
    compileCache: path.join(root, 'cache', 'node'),
    lock: path.join(root, 'run', 'lock'),
    state: path.join(root, 'run', 'state.json'),
    token: path.join(root, 'token'),
  };
};
export type Folders = ReturnType<typeof foldersOf>;

export const logOf = (folders: Folders, name: string): string => path.join(folders.logs, `${name}.log`);

export const makeFolders = (folders: Folders): void => {
  // Others may pass through, not look: under root, Postgres runs as somebody else.
  for (const folder of [folders.root, folders.data]) mkdirSync(folder, { recursive: true, mode: 0o711 });
  for (const folder of [folders.logs, folders.run]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ignore = path.join(folders.root, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
};
