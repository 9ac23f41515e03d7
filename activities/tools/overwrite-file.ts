import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { explainErrno } from './errno.ts';
import { failed } from './failed.ts';
import type { InsidePath } from './jail.ts';
import { openRegularFile, readWhole } from './open-file.ts';
import { formatBytes } from './text.ts';
import type { ToolContext } from './tool.ts';

/** Of what is there: kept in memory, so that it can be put back. */
const maxBytes = 100_000_000;

const put = async (handle: FileHandle, content: Buffer): Promise<void> => {
  let at = 0;
  while (at < content.length) at += (await handle.write(content, at, content.length - at, at)).bytesWritten;
  await handle.truncate(content.length);
  await handle.sync();
};

/**
 * Writes over what is in a file, so that it stays the same file: for one whose name cannot be replaced. A reader can see
 * a part of it meanwhile. What was there is put back when the write fails half way.
 */
export const overwriteFile = async (
  path: InsidePath,
  content: Buffer,
  context: Pick<ToolContext, 'dataFolders'>,
  mode?: number,
): Promise<void> => {
  const { handle } = await openRegularFile(path, context, constants.O_RDWR);
  try {
    const before = await readWhole(handle, maxBytes);
    if (!before)
      throw failed(`it can only be written in place, and has more than ${formatBytes(maxBytes)}, too much for that`);
    try {
      await put(handle, content);
      if (mode !== undefined && mode !== ((await handle.stat()).mode & 0o7777)) await handle.chmod(mode);
    } catch (error) {
      const reason = explainErrno(error) ?? String(error);
      await put(handle, before).catch(() => {
        throw failed(`${reason}; it was written in place, and now holds a part of the new content`, error);
      });
      throw error;
    }
  } finally {
    await handle.close();
  }
};
