import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const maxBytes = 4 * 1024 * 1024;

/** A file that this user wrote for their own eyes, or why it is not one. `absent`: there is nothing. */
export type OwnFile = { text: string } | { absent: true } | { refused: string };

/** `linked`: other names of the file do not count against it. */
export const readOwnFile = (file: string, { linked = false }: { linked?: boolean } = {}): OwnFile => {
  let handle: number | undefined;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(handle);
    const uid = process.getuid?.();
    if (!stats.isFile()) return { refused: 'it is not a regular file' };
    if (uid !== undefined && stats.uid !== uid) return { refused: `it belongs to the user ${stats.uid}` };
    if ((stats.mode & 0o077) !== 0) return { refused: `others can read it (mode ${(stats.mode & 0o777).toString(8)})` };
    if (stats.nlink > 1 && !linked) return { refused: 'it has another name too (a hard link)' };
    if (stats.size > maxBytes) return { refused: `it has ${stats.size} bytes` };
    return { text: readFileSync(handle, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { absent: true };
    return { refused: code === 'ELOOP' ? 'it is a symbolic link' : `it cannot be read (${code})` };
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
};
