import { realpath, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { EverturnError } from '../contracts/errors.ts';
import { dataFoldersOf, isClosed } from '../files/closed.ts';

/**
 * The real path, so that the jail of the tools has no link to follow. `project`: whose data folder no workspace may be in.
 * Throws `workspace_invalid`.
 */
export const resolveWorkspace = async (workspace: string, project: string): Promise<string> => {
  const refuse = (why: string) =>
    new EverturnError(
      'workspace_invalid',
      `Cannot use the workspace ${workspace}: ${why}. Give the absolute path of a folder`,
    );
  if (!isAbsolute(workspace)) throw refuse('the path is not absolute');
  try {
    const real = await realpath(workspace);
    if (!(await stat(real)).isDirectory()) throw refuse('it is not a folder');
    if (isClosed(real, dataFoldersOf(project))) throw refuse("it is in .everturn, which holds the stack's own data");
    return real;
  } catch (error) {
    if (error instanceof EverturnError) throw error;
    throw refuse(error instanceof Error && 'code' in error ? String(error.code) : String(error));
  }
};
