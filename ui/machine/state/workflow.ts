import type { EverturnError } from '../../../contracts/errors.ts';
import type { WorkflowFacts, WorkflowMachines } from '../../../contracts/workflows.ts';
import type { Action } from '../../shell/state/actions.ts';
import type { WorkflowVerb } from '../model/open-workflow.ts';

/** The workflow that is open. */
export type OpenWorkflow = {
  workflowId: string;
  facts: WorkflowFacts | null;
  machines: WorkflowMachines | null;
  /** Why it could not be read the last time. */
  error: EverturnError | null;
  /** What was asked of it and is not answered yet. */
  asked: WorkflowVerb | null;
  askError: EverturnError | null;
};

const opened = (workflowId: string): OpenWorkflow => ({
  workflowId,
  facts: null,
  machines: null,
  error: null,
  asked: null,
  askError: null,
});

const update = (open: OpenWorkflow, action: Action): OpenWorkflow => {
  switch (action.type) {
    case 'workflow-facts':
      return { ...open, facts: action.facts, error: null };
    case 'workflow-machines':
      return { ...open, machines: action.machines };
    case 'workflow-failed':
      return { ...open, error: action.error };
    case 'workflow-asked':
      return { ...open, asked: action.verb, askError: action.error };
    default:
      return open;
  }
};

export const updateWorkflow = (open: OpenWorkflow | null, action: Action): OpenWorkflow | null => {
  if (action.type === 'place') {
    if (action.address.page !== 'workflow') return null;
    return action.address.id === open?.workflowId ? open : opened(action.address.id);
  }
  return open && 'workflowId' in action && action.workflowId === open.workflowId ? update(open, action) : open;
};
