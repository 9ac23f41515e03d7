import type { EverturnError } from '../../../contracts/errors.ts';
import type { FlowList, FlowSummary } from '../../../contracts/found.ts';
import type { Action } from '../../shell/state/actions.ts';

/** The flows that can be started, and the one that is being started. */
export type Flows = {
  status: 'loading' | 'ready' | 'failed';
  flows: FlowSummary[];
  clashes: FlowList['clashes'];
  error: EverturnError | null;
  starting: boolean;
  startError: EverturnError | null;
};

export const initialFlows: Flows = {
  status: 'loading',
  flows: [],
  clashes: [],
  error: null,
  starting: false,
  startError: null,
};

export const updateFlows = (flows: Flows, action: Action): Flows => {
  switch (action.type) {
    case 'flows':
      return { ...flows, ...action.list, status: 'ready', error: null };
    case 'flows-failed':
      return { ...flows, status: flows.flows.length > 0 ? 'ready' : 'failed', error: action.error };
    case 'run-starting':
      return { ...flows, starting: true, startError: null };
    case 'run-started':
      return { ...flows, starting: false, startError: null };
    case 'run-start-failed':
      return { ...flows, starting: false, startError: action.error };
    case 'place':
      return { ...flows, startError: null };
    default:
      return flows;
  }
};
