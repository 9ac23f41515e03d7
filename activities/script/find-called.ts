import path from 'node:path';
import { EverturnError } from '../../contracts/errors.ts';
import type { StoredScriptRun } from '../../store/runs.ts';
import type { ScriptDependencies } from './script-dependencies.ts';

type FindScript = ScriptDependencies['findScript'];

const isMissing = (error: unknown): error is EverturnError =>
  error instanceof EverturnError && error.code === 'script_not_found';

/**
 * The script that a run calls: by its name, or by its path, from the project's folder or else from that of the script that
 * calls. Throws `script_not_found` in the words of Claude Code, which scripts look for.
 */
export const findCalled = async (
  findScript: FindScript,
  name: string,
  { definition }: StoredScriptRun,
): ReturnType<FindScript> => {
  try {
    return await findScript(name);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const besides = path.resolve(path.dirname(definition.script.file), name);
    const isRelative = name.includes('/') && !path.isAbsolute(name);
    const found = isRelative
      ? await findScript(besides).catch((other: unknown) => (isMissing(other) ? null : Promise.reject(other)))
      : null;
    if (found) return found;
    throw new EverturnError(error.code, `no workflow with that name. ${error.message}`, { cause: error });
  }
};
