import { type Dir, opendirSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';

/** The names in a folder, unsorted, up to a number; `isCut` when there are more. Throws the system's own errors. */
export type Names = { names: string[]; isCut: boolean };

export const namesInSync = (folder: string, most: number): Names => {
  const dir = opendirSync(folder);
  try {
    const names: string[] = [];
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
      if (names.length === most) return { names, isCut: true };
      names.push(entry.name);
    }
    return { names, isCut: false };
  } finally {
    dir.closeSync();
  }
};

/** Those of files below a folder, relative to it, without hidden ones and node_modules; links to folders are not followed. */
export const namesBelowSync = (folder: string, most: number): Names => {
  const names: string[] = [];
  const open: string[] = [];
  let seen = 0;
  /** Whether there are more than `most`. */
  const read = (dir: Dir, below: string): boolean => {
    try {
      for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
        if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
        if (seen++ === most) return true;
        (entry.isDirectory() ? open : names).push(path.join(below, entry.name));
      }
      return false;
    } finally {
      dir.closeSync();
    }
  };
  let isCut = read(opendirSync(folder), '');
  for (let below = open.shift(); below !== undefined && !isCut; below = open.shift()) {
    try {
      isCut = read(opendirSync(path.join(folder, below)), below);
    } catch (error) {
      // Removed, or closed to us, since it was listed.
      if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return { names, isCut };
};

type Entry = { file: string; kind: 'file' | 'folder' | 'link' | 'other' };

/** All that is in a folder and the folders in it; links are followed nowhere. Nothing where there is no folder. */
export function* entriesBelow(folder: string): Generator<Entry> {
  let dir: Dir;
  try {
    dir = opendirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  try {
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
      const file = path.join(folder, entry.name);
      const kind = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : entry.isFile() ? 'file' : 'other';
      yield { file, kind };
      if (kind === 'folder') yield* entriesBelow(file);
    }
  } finally {
    dir.closeSync();
  }
}

export const namesIn = async (folder: string, most: number): Promise<Names> => {
  const names: string[] = [];
  // The iteration closes the folder, also when it is left early.
  for await (const { name } of await opendir(folder, { bufferSize: 1000 })) {
    if (names.length === most) return { names, isCut: true };
    names.push(name);
  }
  return { names, isCut: false };
};
