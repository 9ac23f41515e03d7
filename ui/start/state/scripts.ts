import type { EverturnError } from '../../../contracts/errors.ts';
import type { ScriptList, ScriptSummary } from '../../../contracts/found.ts';
import type { Action } from '../../shell/state/actions.ts';

/** The scripts that were found. What is being started is told by the state of flows: only one can be. */
export type Scripts = {
  status: 'loading' | 'ready' | 'failed';
  scripts: ScriptSummary[];
  clashes: ScriptList['clashes'];
  error: EverturnError | null;
};

export const initialScripts: Scripts = { status: 'loading', scripts: [], clashes: [], error: null };

export const updateScripts = (scripts: Scripts, action: Action): Scripts => {
  switch (action.type) {
    case 'scripts':
      return { ...action.list, status: 'ready', error: null };
    case 'scripts-failed':
      return { ...scripts, status: scripts.scripts.length > 0 ? 'ready' : 'failed', error: action.error };
    default:
      return scripts;
  }
};
