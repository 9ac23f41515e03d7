import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder, isWritable, makeCacheFolder, stackFolder } from '../files/places.ts';
import { isOwnFolder } from '../trust/data-folder.ts';

/**
 * Where bundles are kept: in the user's cache, so that a new project finds them built. Never in a folder that came with
 * the project, which may contain a module with the same name.
 */
export const bundleFolder = (project: string): string => {
  if (isWritable(cacheFolder())) return path.join(makeCacheFolder(), 'bundles');
  if (isOwnFolder(project)) return path.join(stackFolder(project), 'cache');
  return mkdtempSync(path.join(os.tmpdir(), 'everturn-bundles-'));
};
