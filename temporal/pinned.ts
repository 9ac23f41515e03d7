import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cacheFolder } from '../files/places.ts';

/** The module that pins the server, with the checksums of all it is made of. */
export const moduleFolder = import.meta.dirname;
export const mainPackage = 'github.com/temporalio/cli/cmd/temporal';

const readModuleFile = (name: string): string => readFileSync(path.join(moduleFolder, name), 'utf8');

/** Such as `1.8.2`. */
export const pinnedVersion = (): string =>
  /github\.com\/temporalio\/cli v(\S+)/.exec(readModuleFile('go.mod'))?.[1] ?? 'unknown';

const executable = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

/** The server built from exactly these checksums, there already or not. */
export const builtBinary = (folder = cacheFolder()): string => {
  const checksums = createHash('sha256').update(readModuleFile('go.sum')).digest('hex').slice(0, 12);
  return path.join(folder, executable(`temporal-${pinnedVersion()}-${checksums}`));
};

/** Where the SDK puts the server that it fetches: it chooses the name itself. */
export const downloadedBinary = (folder = cacheFolder()): string => {
  const { version } = createRequire(import.meta.url)('@temporalio/testing/package.json') as { version: string };
  return path.join(folder, executable(`temporal-sdk-typescript-${version}`));
};
