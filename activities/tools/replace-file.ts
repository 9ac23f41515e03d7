import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: opens folders, and new files of its own.
import { type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { namesIn } from '../../files/names-in.ts';
import { errnoOf } from './errno.ts';
import type { InsidePath } from './jail.ts';
import { refuseIrregular, refuseMoved } from './open-file.ts';
import { overwriteFile } from './overwrite-file.ts';
import type { ToolContext } from './tool.ts';

/** Half-written files are named so; listings and searches leave them out. */
export const temporaryPrefix = '.everturn-write-';
const staleMs = 10 * 60_000;
/** In a larger folder some are left. */
const maxNames = 10_000;

/** What an attempt that was killed left behind: one of the same call at once, any other when it is old. */
const removeLeftovers = async (folder: string, ownPrefix: string): Promise<void> => {
  for (const name of (await namesIn(folder, maxNames)).names) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const path = join(folder, name);
    const written = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (name.startsWith(ownPrefix) || written < Date.now() - staleMs) await rm(path, { force: true });
  }
};

const modeAndOwner = async (path: string) => {
  try {
    const stats = await lstat(path);
    refuseIrregular(stats);
    return stats;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** `otherNames`: hard links, which keep the old content. */
/** `made`: the topmost folder that was missing. */
export type Replaced = { before: boolean; otherNames: number; made?: string | undefined };

/** For the model, which cannot see that a file has other names. */
export const linksNote = (otherNames: number): string =>
  otherNames === 0 ? '' : '. It had other names (hard links), which keep the old content';

const writeInto = async (
  folder: string,
  name: string,
  temporary: string,
  { content, mode }: { content: Buffer; mode?: number | undefined },
): Promise<Replaced> => {
  const before = await modeAndOwner(join(folder, name));
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(join(folder, temporary), flags, 0o666);
  try {
    await handle.writeFile(content);
    if (before) {
      // Only root may give a file away; for all others the new file is theirs.
      await handle.chown(before.uid, before.gid).catch(() => undefined);
    }
    // After the owner, whose change clears the bits of setuid and setgid.
    if (mode !== undefined || before) await handle.chmod(mode ?? (before?.mode ?? 0) & 0o7777);
    await handle.sync();
    await rename(join(folder, temporary), join(folder, name));
    return { before: before !== undefined, otherNames: Math.max((before?.nlink ?? 1) - 1, 0) };
  } catch (error) {
    await rm(join(folder, temporary), { force: true });
    throw error;
  } finally {
    await handle.close();
  }
};

/** The name is a mount of its own, or its folder takes no new file: what is there may still be written itself. */
const cannotReplace = new Set(['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS']);

/**
 * Writes a whole file: readers see the old content or the new, never a part. Makes missing folders; keeps mode and
 * owner of a file that was there. A file whose name cannot be given to another, such as one that is mounted, is written
 * in place. `mode`: instead of the one that it had. `cleaned`: folders that hold no leftovers any more, for those who write
 * several files by one key, also at once.
 */
export const replaceFile = async (
  path: InsidePath,
  content: Buffer,
  context: Pick<ToolContext, 'dataFolders' | 'idempotencyKey'>,
  { mode, cleaned = new Map() }: { mode?: number; cleaned?: Map<string, Promise<void>> } = {},
): Promise<Replaced> => {
  const folder = dirname(path.real);
  const made = await mkdir(folder, { recursive: true });
  const handle: FileHandle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await refuseMoved(handle, { real: folder, shown: path.shown });
    // By its handle the folder stays the same one, whatever is put in its place.
    const fixed = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : folder;
    const key = createHash('sha256').update(context.idempotencyKey).digest('hex').slice(0, 16);
    const ownPrefix = `${temporaryPrefix}${key}-`;
    const clean = cleaned.get(folder) ?? removeLeftovers(fixed, ownPrefix);
    cleaned.set(folder, clean);
    await clean;
    const temporary = `${ownPrefix}${randomBytes(6).toString('hex')}`;
    return { ...(await writeInto(fixed, basename(path.real), temporary, { content, mode })), made };
  } catch (error) {
    if (!cannotReplace.has(errnoOf(error) ?? '') || !(await modeAndOwner(path.real))) throw error;
    await overwriteFile(path, content, context, mode);
    return { before: true, otherNames: 0 };
  } finally {
    await handle.close();
  }
};
