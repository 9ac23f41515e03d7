import { constants } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: flushes folders.
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileStep } from '../../store/file-changes.ts';
import { errnoOf } from '../tools/errno.ts';

/** A folder that is gone again, and file systems that flush files only. */
const ignored = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EOPNOTSUPP']);

const foldersOf = function* ({ path, made }: FileStep): Generator<string> {
  let folder = dirname(path);
  yield folder;
  for (; made !== undefined && folder.length >= made.length && folder !== '.'; yield folder) folder = dirname(folder);
};

/** Flushes the folders of files that were written or removed: what is recorded next stays true when the power fails. */
export const flushFolders = async (workspace: string, steps: readonly FileStep[]): Promise<void> => {
  const folders = new Set(steps.flatMap((step) => [...foldersOf(step)]));
  for (const folder of folders) {
    try {
      const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
      const handle = await open(join(workspace, folder), flags);
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      if (!ignored.has(errnoOf(error) ?? '')) throw error;
    }
  }
};
