import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import { inOneLine } from '../../contracts/one-line.ts';
import { isClosed } from '../../files/closed.ts';
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

const isBelow = (path: string): boolean => path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);

/**
 * Resolves a path the model wrote, relative to the workspace or absolute. The workspace must still be its own real
 * path, so that a command cannot move the jail by putting a link in its place, and no part of a data folder.
 * Throws `path_outside_workspace`, `workspace_invalid`, `tool_arguments` (a NUL byte), and the system's own errors.
 */
export const resolveInside = async (
  { workspace, dataFolders }: Pick<ToolContext, 'workspace' | 'dataFolders'>,
  path: string,
): Promise<InsidePath> => {
  if (path.includes('\0'))
    throw new EverturnError('tool_arguments', `Cannot use path ${quote(path)}: it has a NUL byte`);
  const root = await realpath(workspace).catch(() => undefined);
  if (root !== workspace) {
    const reason =
      root === undefined ? 'it does not exist or cannot be read' : 'it is no longer the real path of a folder';
    throw new EverturnError('workspace_invalid', `Cannot use workspace ${quote(workspace)}: ${reason}`);
  }
  if (isClosed(workspace, dataFolders))
    throw new EverturnError(
      'workspace_invalid',
      `Cannot use workspace ${quote(workspace)}: it is in .everturn, which holds the stack's own data`,
    );
  const real = await destination(resolve(workspace, path));
  const inside = relative(workspace, real);
  if (!isBelow(inside)) {
    const message = `Cannot use path ${quote(path)}: it leads outside the workspace; use a path inside it`;
    throw new EverturnError('path_outside_workspace', message);
  }
  if (isClosed(real, dataFolders)) {
    const message = `Cannot use path ${quote(path)}: .everturn holds the stack's own data; only .everturn/workflows is open`;
    throw new EverturnError('path_outside_workspace', message);
  }
  return { real, shown: inside === '' ? '.' : inOneLine(inside) };
};
