import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { inOneLine } from '../../contracts/one-line.ts';
import { closedIn } from '../../files/closed.ts';
import { errnoOf } from './errno.ts';
import { failed } from './failed.ts';
import { quote } from './text.ts';
import type { ToolContext } from './tool.ts';

/** A path inside the workspace: `real` has no symbolic link in it, `shown` is what the model reads. */
export type InsidePath = { real: string; shown: string };

/** Where a path leads when all links are followed, also for one that does not exist yet. */
const destination = async (path: string, linksLeft = 40): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  const planned = join(await destination(dirname(path), linksLeft), basename(path));
  const link = await readlink(planned).catch(() => undefined);
  if (link === undefined) return planned;
  // A link to what does not exist: whoever creates the file through it creates the link's target.
  if (linksLeft === 0) throw failed('its symbolic links lead in a circle');
  return destination(resolve(dirname(planned), link), linksLeft - 1);
};

/** The same for a path that a model wrote; null where it cannot be told. */
export const leadsTo = async (workspace: string, path: string): Promise<string | null> =>
  path.includes('\0') ? null : await destination(resolve(workspace, path)).catch(() => null);

/** `closed`: {@link closedIn} of the data folders, for those who resolve many paths at once. */
type Jail = Pick<ToolContext, 'workspace' | 'dataFolders' | 'pathRefusal'> & {
  closed?: (real: string) => boolean;
};

const isBelow = (path: string): boolean => path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);

/**
 * Resolves a path the model wrote, relative to the workspace or absolute. The workspace must still be its own real
 * path, so that a command cannot move the jail by putting a link in its place, and no part of a data folder.
 * Throws `path_outside_workspace`, `workspace_invalid`, `tool_denied`, `tool_arguments` (a NUL byte), and the system's own errors.
 */
export const resolveInside = async (
  { workspace, dataFolders, pathRefusal, closed = closedIn(dataFolders) }: Jail,
  path: string,
  /** Files and folders elsewhere that are open as well. */
  roots: readonly string[] = [],
): Promise<InsidePath> => {
  if (path.includes('\0'))
    throw new EverturnError('tool_arguments', `Cannot use path ${quote(path)}: it has a NUL byte`);
  const root = await realpath(workspace).catch(() => undefined);
  if (root !== workspace) {
    const reason =
      root === undefined ? 'it does not exist or cannot be read' : 'it is no longer the real path of a folder';
    throw new EverturnError('workspace_invalid', `Cannot use workspace ${quote(workspace)}: ${reason}`);
  }
  if (closed(workspace))
    throw new EverturnError(
      'workspace_invalid',
      `Cannot use workspace ${quote(workspace)}: it is in .everturn, which holds the stack's own data`,
    );
  const real = await destination(resolve(workspace, path));
  const inside = relative(workspace, real);
  const isOutside = !isBelow(inside);
  if (isOutside && !roots.some((open) => isBelow(relative(open, real)))) {
    const message = `Cannot use path ${quote(path)}: it leads outside the workspace; use a path inside it`;
    throw new EverturnError('path_outside_workspace', message);
  }
  if (closed(real)) {
    const message = `Cannot use path ${quote(path)}: .everturn holds the stack's own data; only .everturn/workflows is open`;
    throw new EverturnError('path_outside_workspace', message);
  }
  const refusal = pathRefusal?.(real) ?? null;
  if (refusal !== null) throw new EverturnError('tool_denied', `Cannot use path ${quote(path)}: ${refusal}`);
  return { real, shown: inside === '' ? '.' : inOneLine(isOutside ? real : inside) };
};

/** A path that the session may read: in its workspace, or below what a person has opened to it. */
export const resolveReadable = async (
  context: Pick<ToolContext, 'workspace' | 'dataFolders' | 'pathRefusal' | 'readRoots'>,
  path: string,
): Promise<InsidePath> => {
  try {
    return await resolveInside(context, path, context.readRoots);
  } catch (error) {
    if (
      !(error instanceof EverturnError) ||
      error.code !== 'path_outside_workspace' ||
      !error.message.includes('outside the workspace')
    )
      throw error;
    throw new EverturnError('path_outside_workspace', `${error.message}, or ask for it with request_read_access`);
  }
};
