import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { promisify } from 'node:util';
import { cacheFolders } from '../files/places.ts';
import { machineProgram } from '../files/programs.ts';
import { builtBinary, downloadedBinary } from './pinned.ts';

const run = promisify(execFile);

export type TemporalSource = 'path' | 'cache' | 'download' | 'build';
export type FoundTemporal = { path: string; source: TemporalSource };
/** `refused` says of what was found on PATH why it cannot serve. */
export type Located = { found: FoundTemporal | null; refused: string | null };

/** A server that is on this machine already: on PATH, otherwise in the cache. Fetches and builds nothing. */
export const locateTemporal = async (): Promise<Located> => {
  const onPath = machineProgram('temporal');
  const refused = onPath === null ? null : await whyUnusable(onPath);
  if (onPath !== null && refused === null) return { found: { path: onPath, source: 'path' }, refused };
  const cached = cacheFolders()
    .flatMap((folder) => [builtBinary(folder), downloadedBinary(folder)])
    .find(isExecutable);
  return { found: cached === undefined ? null : { path: cached, source: 'cache' }, refused };
};

export const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Every flag we start the server with that has not always been there. */
const neededFlag = '--ui-disable-news-fetch';

const whyUnusable = async (binary: string): Promise<string | null> => {
  try {
    const { stdout } = await run(binary, ['server', 'start-dev', '--help'], { timeout: 10_000 });
    return stdout.includes(neededFlag)
      ? null
      : `${binary} is too old (its server does not know ${neededFlag}): upgrade it`;
  } catch (error) {
    return `${binary} does not run: ${(error as Error).message.split('\n')[0]}`;
  }
};
