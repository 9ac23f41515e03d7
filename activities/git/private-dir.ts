import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { namesInSync } from '../../files/names-in.ts';
import { failed } from '../tools/failed.ts';
import { maxConfigBytes, type Repository, readShort } from './repository.ts';

/** Our settings. Nothing here starts a program, reaches the network or reads a file of the user's. */
const settings: readonly [key: string, value: string][] = [
  ['core.bare', 'false'],
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.quotePath', 'false'],
  ['core.logAllRefUpdates', 'false'],
  // Of what one git may take.
  ['core.bigFileThreshold', '20m'],
  ['core.packedGitLimit', '1g'],
  ['core.packedGitWindowSize', '64m'],
  ['core.deltaBaseCacheLimit', '96m'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
];

/** What a repository may say: how its files and objects are written. Each has a few known values. */
const taken: Record<string, RegExp> = {
  'core.autocrlf': /^(true|false|input)$/,
  'core.eol': /^(lf|crlf|native)$/,
  'core.filemode': /^(true|false)$/,
  'core.ignorecase': /^(true|false)$/,
  'core.symlinks': /^(true|false)$/,
  'core.precomposeunicode': /^(true|false)$/,
  'core.sparsecheckout': /^(true|false)$/,
  'core.sparsecheckoutcone': /^(true|false)$/,
  'extensions.objectformat': /^(sha1|sha256)$/,
  'extensions.refstorage': /^(files|reftable)$/,
};

/** The last value of each key of `git config --list --null` that may be taken. */
const takenFrom = (listing: string): [string, string][] => {
  const found = new Map<string, string>();
  for (const entry of listing.split('\0')) {
    const at = entry.indexOf('\n');
    const key = (at < 0 ? entry : entry.slice(0, at)).toLowerCase();
    const value = (at < 0 ? 'true' : entry.slice(at + 1)).toLowerCase();
    if (taken[key]?.test(value)) found.set(key, value);
  }
  return [...found];
};

const asFile = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([key, value]) => `[${key.split('.')[0]}]\n\t${key.split('.')[1]} = ${value}\n`).join('');

const link = (from: string, to: string): void => {
  if (existsSync(from)) symlinkSync(from, to);
};

/** Runs git on a configuration file only. */
export type ListConfig = (file: string, gitDir: string) => Promise<string>;

/**
 * A git folder with our own configuration, over the objects, branches and index of a repository. What the
 * repository's own configuration names (filters, hooks, helpers, drivers, includes, aliases, remotes) is not there for
 * git, whichever way it is named. Resolves to its path; the caller removes it.
 */
export const makePrivateDir = async (repository: Repository, listConfig: ListConfig): Promise<string> => {
  const { gitDir, commonDir } = repository;
  const dir = await mkdtemp(path.join(os.tmpdir(), 'everturn-git-'));
  try {
    const head = readShort(path.join(gitDir, 'HEAD')) ?? '';
    if (!/^(ref: refs\/[^\s]+|[0-9a-f]{40,64})$/.test(head)) throw failed('its HEAD is not one of git');
    writeFileSync(path.join(dir, 'HEAD'), `${head}\n`);
    for (const name of ['objects', 'refs', 'packed-refs', 'logs', 'shallow', 'reftable'])
      link(path.join(commonDir, name), path.join(dir, name));
    // Not the whole of info/: it has attributes, and with them names of drivers.
    const { names } = namesInSync(gitDir, 10_000);
    for (const name of names.filter((each) => /^sharedindex\.[0-9a-f]+$/.test(each)))
      link(path.join(gitDir, name), path.join(dir, name));
    writeFileSync(path.join(dir, 'config'), asFile(settings));
    const theirs = readShort(path.join(commonDir, 'config'), maxConfigBytes);
    if (theirs !== null) {
      const copy = path.join(dir, 'theirs');
      writeFileSync(copy, `${theirs}\n`);
      const entries = takenFrom(await listConfig(copy, dir));
      const version: [string, string] = ['core.repositoryformatversion', '1'];
      writeFileSync(path.join(dir, 'config'), asFile([version, ...settings, ...entries]));
    }
    const exclude = readShort(path.join(commonDir, 'info', 'exclude'), maxConfigBytes);
    if (exclude !== null) {
      const copy = path.join(dir, 'exclude');
      writeFileSync(copy, `${exclude}\n`);
      writeFileSync(path.join(dir, 'config'), asFile([['core.excludesFile', copy]]), { flag: 'a' });
    }
    return dir;
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
};
