import type { FileState } from '../../store/file-changes.ts';
import { errnoOf } from '../tools/errno.ts';
import { failed } from '../tools/failed.ts';
import type { InsidePath } from '../tools/jail.ts';
import { openRegularFile, readWhole } from '../tools/open-file.ts';
import { formatBytes } from '../tools/text.ts';
import type { ToolContext } from '../tools/tool.ts';
import { hashOf } from './texts.ts';

/** Of a file that is changed, before and after: all of it is kept, so that the change can be undone. */
export const maxBytes = 10_000_000;

/** A regular file with its content. */
export type Seen = FileState & { bytes: Buffer; otherNames: number };

export const checkSize = (size: number): void => {
  if (size <= maxBytes) return;
  const limit = formatBytes(maxBytes);
  throw failed(`it has ${formatBytes(size)}, over the limit of ${limit} for a change; change it with a command`);
};

/** The file at a path as it is on disk; null if there is none. Throws `tool_failed` for what is not a regular file. */
export const lookAt = async (path: InsidePath, context: Pick<ToolContext, 'dataFolders'>): Promise<Seen | null> => {
  const opened = await openRegularFile(path, context).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (!opened) return null;
  try {
    checkSize(opened.stats.size);
    const bytes = await readWhole(opened.handle, maxBytes);
    if (!bytes) throw failed('it grows while it is read; change it when no other program writes to it');
    const { mode, nlink } = opened.stats;
    return { bytes, hash: hashOf(bytes), mode: mode & 0o7777, otherNames: nlink - 1 };
  } finally {
    await opened.handle.close();
  }
};
