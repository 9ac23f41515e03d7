import { ScriptDetail, ScriptList } from '../contracts/found.ts';
import { ClearedResults, ResultPage } from '../contracts/results.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

type Results = { script?: string | undefined; olderThan?: string | undefined };

/** The scripts that files hold, with their faults and warnings. */
export type ScriptsApi = {
  listScripts(options?: Signal): Promise<ScriptList>;
  getScript(name: string, options?: Signal): Promise<ScriptDetail>;
  /** Results of agents that runs with `reuse` may use, the newest first. */
  listResults(query?: Results & { cursor?: string; limit?: number }, options?: Signal): Promise<ResultPage>;
  /** From now on no other run uses them. */
  clearResults(query?: Results): Promise<{ cleared: number }>;
};

export const scriptsApi = ({ read }: Transport): ScriptsApi => ({
  listScripts: ({ signal } = {}) => read(ScriptList, { action: 'list scripts', path: '/scripts', signal }),
  getScript: (name, { signal } = {}) =>
    read(ScriptDetail, { action: `read script ${name}`, path: `/scripts/${encodeURIComponent(name)}`, signal }),
  listResults: (query, { signal } = {}) =>
    read(ResultPage, { action: 'list results', path: '/results', query, signal }),
  clearResults: (query) => read(ClearedResults, { action: 'clear results', method: 'DELETE', path: '/results', query }),
});
