import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { hint } from '../../definitions/nearest.ts';

/** What a run is made of. `name` of a script may be the path of its file. */
export type Target = { kind: 'flow' | 'script'; name: string };

/** As the API, which has another working folder, may find it. One that runs elsewhere says what is wrong with it. */
export const absolute = (file: string): string => {
  const resolved = path.resolve(file);
  try {
    return realpathSync(resolved);
  } catch {
    return resolved;
  }
};

/**
 * The flow or the script of a name; a path, or what ends with .js, is a script's. Throws `bad_request` when both have
 * the name, `script_not_found` with the nearest names when neither has.
 */
export const findTarget = async (api: ApiClient, name: string): Promise<Target> => {
  if (/[/\\]|\.js$/.test(name)) return { kind: 'script', name: absolute(name) };
  const [{ flows, clashes }, { scripts }] = await Promise.all([api.listFlows(), api.listScripts()]);
  const named = (found: { name: string }): boolean => found.name === name;
  const isFlow = flows.some(named) || clashes.some(named);
  const script = scripts.find(named) ?? scripts.find(({ meta }) => meta?.name === name);
  if (isFlow && script) {
    throw new EverturnError(
      'bad_request',
      `Cannot tell what to run: both a flow and a script are called ${name}. Rename one, or run the script by its path: ${script.file}`,
    );
  }
  if (isFlow) return { kind: 'flow', name };
  if (script) return { kind: 'script', name: script.name };
  const names = [...flows, ...scripts].map((found) => found.name);
  throw new EverturnError('script_not_found', `Cannot find a flow or a script "${name}"${hint(name, names)}`);
};

/** Throws `bad_request` that names the options which say nothing to what is run. */
export const refuseOptions = ({ kind, name }: Target, given: Record<string, unknown>): void => {
  const strange = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (strange.length === 0) return;
  const other = kind === 'flow' ? 'a script' : 'a flow';
  const instead = kind === 'flow' ? '--input JSON' : 'words, --args JSON or --args @FILE';
  throw new EverturnError(
    'bad_request',
    `Cannot run ${name} with ${strange.join(', ')}: that is for ${other}, and ${name} is a ${kind}. It takes ${instead}`,
  );
};
