import { WorkflowFacts, WorkflowMachines } from '../contracts/workflows.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type WorkflowsApi = {
  /** What Temporal knows of a workflow. Throws `workflow_not_found`. */
  getWorkflow(id: string, options?: Signal): Promise<WorkflowFacts>;
  /** Its machines: states, transitions, where it is and how it came there. */
  getMachines(id: string, options?: Signal): Promise<WorkflowMachines>;
  /** Asks it to end: it records its end first. Throws `workflow_ended`. */
  cancelWorkflow(id: string, options?: Signal): Promise<WorkflowFacts>;
  /** Ends it at once, without a chance to clean up. The reason is kept by Temporal. Throws `workflow_ended`. */
  terminateWorkflow(id: string, reason: string, options?: Signal): Promise<WorkflowFacts>;
  /** Tries an activity that backs off at once. Throws `activity_not_found`, `retry_refused`. */
  retryActivity(id: string, activity: string, options?: Signal): Promise<WorkflowFacts>;
};

export const workflowsApi = ({ read }: Transport): WorkflowsApi => {
  const pathOf = (id: string): string => `/workflows/${encodeURIComponent(id)}`;
  return {
    getWorkflow: (id, { signal } = {}) =>
      read(WorkflowFacts, { action: `read workflow ${id}`, path: pathOf(id), signal }),
    getMachines: (id, { signal } = {}) =>
      read(WorkflowMachines, { action: `read the machine of workflow ${id}`, path: `${pathOf(id)}/machine`, signal }),
    cancelWorkflow: (id, { signal } = {}) =>
      read(WorkflowFacts, {
        action: `cancel workflow ${id}`,
        method: 'POST',
        path: `${pathOf(id)}/cancel`,
        body: {},
        signal,
      }),
    terminateWorkflow: (id, reason, { signal } = {}) =>
      read(WorkflowFacts, {
        action: `terminate workflow ${id}`,
        method: 'POST',
        path: `${pathOf(id)}/terminate`,
        body: { reason },
        signal,
      }),
    retryActivity: (id, activity, { signal } = {}) =>
      read(WorkflowFacts, {
        action: `retry activity ${activity}`,
        method: 'POST',
        path: `${pathOf(id)}/activities/${encodeURIComponent(activity)}/retry`,
        body: {},
        signal,
      }),
  };
};
