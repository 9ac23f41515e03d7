import { ScriptDetail, ScriptList } from '../contracts/found.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

/** The scripts that files hold, with their faults and warnings. */
export type ScriptsApi = {
  listScripts(options?: Signal): Promise<ScriptList>;
  getScript(name: string, options?: Signal): Promise<ScriptDetail>;
};

export const scriptsApi = ({ read }: Transport): ScriptsApi => ({
  listScripts: ({ signal } = {}) => read(ScriptList, { action: 'list scripts', path: '/scripts', signal }),
  getScript: (name, { signal } = {}) =>
    read(ScriptDetail, { action: `read script ${name}`, path: `/scripts/${encodeURIComponent(name)}`, signal }),
});
