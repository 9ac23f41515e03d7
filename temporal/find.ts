import { EverturnError } from '../contracts/errors.ts';
import { buildTemporal } from './build.ts';
import { whyCacheUnusable } from './cache.ts';
import { downloadTemporal } from './download.ts';
import { type FoundTemporal, locateTemporal } from './locate.ts';
import { builtBinary, downloadedBinary, pinnedVersion } from './pinned.ts';

type FindOptions = {
  progress(line: string): void;
  /** Gives the search up, ending a download or a build. */
  signal?: AbortSignal;
};

/**
 * The `temporal` command: on PATH, otherwise in the user's cache, otherwise fetched by the SDK, otherwise built with Go.
 * Throws `temporal_missing` that says what was tried.
 */
export const findTemporal = async ({
  progress,
  signal = new AbortController().signal,
}: FindOptions): Promise<FoundTemporal> => {
  const { found, refused } = await locateTemporal();
  if (refused !== null) progress(`not using Temporal on PATH: ${refused}`);
  if (found) return found;
  const unusable = whyCacheUnusable();
  if (unusable !== null) {
    throw new EverturnError(
      'temporal_missing',
      `Cannot keep a Temporal server on this machine: ${unusable}. Set EVERTURN_CACHE to a folder that can be written and whose programs run, or install the Temporal CLI (https://docs.temporal.io/cli)`,
    );
  }
  progress('Temporal is not on this machine yet: fetching it');
  const notFetched = await downloadTemporal(progress, signal);
  signal.throwIfAborted();
  if (notFetched === null) return { path: downloadedBinary(), source: 'download' };
  progress(`Temporal cannot be fetched: ${notFetched}`);
  const notBuilt = await buildTemporal(progress, signal);
  signal.throwIfAborted();
  if (notBuilt === null) return { path: builtBinary(), source: 'build' };
  const tried = [
    refused ?? 'there is no "temporal" on PATH',
    `there is no ${builtBinary()}`,
    `the download failed (${notFetched})`,
    `the build failed (${notBuilt})`,
  ];
  throw new EverturnError(
    'temporal_missing',
    `Cannot find, fetch or build Temporal ${pinnedVersion()}: ${tried.join('; ')}. Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.26 or later (https://go.dev/dl), or set TEMPORAL_ADDRESS to a server of your own`,
    { details: { tried } },
  );
};
