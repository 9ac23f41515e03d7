import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stackFolder } from '../files/places.ts';
import { isOwnFolder } from '../trust/data-folder.ts';

/** Where bundles are kept: never in a folder that came with the project, which may bring one of ours under its name. */
export const bundleFolder = (project: string): string =>
  isOwnFolder(project)
    ? path.join(stackFolder(project), 'cache')
    : mkdtempSync(path.join(os.tmpdir(), 'everturn-bundles-'));
