import { opendirSync } from 'node:fs';
import { opendir } from 'node:fs/promises';

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

export const namesIn = async (folder: string, most: number): Promise<Names> => {
  const names: string[] = [];
  // The iteration closes the folder, also when it is left early.
  for await (const { name } of await opendir(folder, { bufferSize: 1000 })) {
    if (names.length === most) return { names, isCut: true };
    names.push(name);
  }
  return { names, isCut: false };
};
