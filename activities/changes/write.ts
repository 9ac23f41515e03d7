import { constants } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: removes files and empty folders by the handle of their folder.
import { open, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { closedIn } from '../../files/closed.ts';
import type { FileState, FileStep } from '../../store/file-changes.ts';
import { errnoOf } from '../tools/errno.ts';
import { type InsidePath, resolveInside } from '../tools/jail.ts';
import { refuseMoved } from '../tools/open-file.ts';
import { replaceFile } from '../tools/replace-file.ts';
import type { ToolContext } from '../tools/tool.ts';
import { lookAt, type Seen } from './look.ts';

/** Where files are changed. */
export type WriteContext = Pick<ToolContext, 'workspace' | 'dataFolders' | 'idempotencyKey'>;

/** A place where many files are changed: what holds for all of them is found out once. */
export type Site = WriteContext & { closed: (real: string) => boolean; cleaned: Map<string, Promise<void>> };

export const openSite = ({ workspace, dataFolders, idempotencyKey }: WriteContext): Site => ({
  workspace,
  dataFolders,
  idempotencyKey,
  closed: closedIn(dataFolders),
  cleaned: new Map(),
});

/** The file is not what the change was made from. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  readonly path: string;
  /** What is there; null where there is nothing, undefined where it cannot be said. */
  readonly seen: Seen | null | undefined;

  constructor(path: string, reason: string, seen?: Seen | null) {
    super(reason);
    this.path = path;
    this.seen = seen;
  }
}

/** The path of a step, resolved again: a link that was put into it since leads elsewhere. */
export const resolveAgain = async (place: WriteContext & Partial<Site>, path: string): Promise<InsidePath> => {
  const found = await resolveInside(place, path);
  if (relative(place.workspace, found.real) !== path) {
    throw new Conflict(path, `its path leads elsewhere now, to ${found.shown}`);
  }
  return found;
};

export const isSame = (seen: FileState | null, wanted: FileState | null): boolean =>
  seen === null || wanted === null ? seen === wanted : seen.hash === wanted.hash && seen.mode === wanted.mode;

const remove = async (path: InsidePath): Promise<void> => {
  const folder = dirname(path.real);
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await refuseMoved(handle, { real: folder, shown: path.shown });
    const fixed = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : folder;
    await rm(join(fixed, basename(path.real)));
  } finally {
    await handle.close();
  }
};

const kept = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY', 'EPERM', 'EACCES', 'EROFS']);

/** Removes folders that were made for a file and are empty again, from the file's up to the topmost. */
export const tidy = async (site: Site, file: string, topmost: string): Promise<void> => {
  for (let folder = dirname(file); folder === topmost || folder.startsWith(topmost + sep); folder = dirname(folder)) {
    const { real } = await resolveAgain(site, folder);
    const isGone = await rmdir(real).then(
      () => true,
      (error: unknown) => {
        const code = errnoOf(error) ?? '';
        if (code !== 'ENOENT' && !kept.has(code)) throw error;
        return code === 'ENOENT';
      },
    );
    if (!isGone) return;
  }
};

/** What a write in place leaves that was cut off: the new content up to somewhere, and the old one from there. */
const isTorn = (seen: Buffer, { before, after }: Contents): boolean => {
  if (before === null || after === null) return false;
  let written = 0;
  const most = Math.min(seen.length, after.length);
  while (written < most && seen[written] === after[written]) written += 1;
  return seen.length === Math.max(written, before.length) && seen.subarray(written).equals(before.subarray(written));
};

export type Contents = { before: Buffer | null; after: Buffer | null };

/**
 * Makes a file what a step says. Does nothing where it is so already, as after an attempt that was cut off. Throws
 * {@link Conflict} where it is neither that nor what it was.
 */
export const carryOutStep = async (site: Site, step: FileStep, contents: Contents): Promise<void> => {
  const path = await resolveAgain(site, step.path);
  const seen = await lookAt(path, site);
  if (isSame(seen, step.after)) return;
  if (!isSame(seen, step.before) && !(seen && isTorn(seen.bytes, contents))) {
    throw new Conflict(step.path, changed(seen, step.before), seen);
  }
  if (step.after === null) return await remove(path);
  if (contents.after === null) throw new Error(`The content of ${step.path} is not there`);
  const { made } = await replaceFile(path, contents.after, site, { mode: step.after.mode, cleaned: site.cleaned });
  if (made !== undefined) step.made = relative(site.workspace, made);
};

export const changed = (seen: FileState | null, wanted: FileState | null): string => {
  if (seen === null) return 'it no longer exists';
  if (wanted === null) return 'there is a file of this name now';
  return seen.hash === wanted.hash ? 'its mode was changed since' : 'it was changed since';
};
