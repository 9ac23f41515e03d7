import { WorkflowNotFoundError } from '@temporalio/client';
import { runWorkflowId } from '../../contracts/ids.ts';
import { searchAttributes } from '../../contracts/temporal.ts';
import { admittedSignal } from '../../workflows/flow-step/messages.ts';
import { type Calls, isFound } from './calls.ts';

/** What can be seen of a run's workflow from outside. */
export type RunHealth =
  | {
      state: 'running';
      /** Times its present task has been tried. */
      attempt: number;
      /** Someone has asked it to end. */
      isCancelling: boolean;
    }
  /** How it ended, in one word. */
  | { state: 'ended'; how: string };

const lastFailure = (message: string | null | undefined): string | null =>
  message?.split('\n')[0]?.slice(0, 500) ?? null;

export const watchCalls = ({ client, within }: Calls) => ({
  async workflowHealth(workflowId: string): Promise<RunHealth> {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const { status, raw } = await within('look at the run', () => handle.describe());
      if (status.name !== 'RUNNING') return { state: 'ended', how: status.name.toLowerCase().replaceAll('_', ' ') };
      return {
        state: 'running',
        attempt: raw.pendingWorkflowTask?.attempt ?? 0,
        isCancelling: raw.workflowExtendedInfo?.cancelRequested ?? false,
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { state: 'ended', how: 'gone' };
      throw error;
    }
  },

  /** What the newest task of a run that failed says; null if none is known. Of several in a row, Temporal keeps only the first. */
  async taskFailure(id: string): Promise<string | null> {
    const { workflowService } = client.connection;
    const { history } = await within('read the history of the run', () =>
      workflowService.getWorkflowExecutionHistoryReverse({
        namespace: client.options.namespace,
        execution: { workflowId: runWorkflowId(id) },
        maximumPageSize: 10,
      }),
    );
    const failed = history?.events?.find(({ workflowTaskFailedEventAttributes: attributes }) => attributes);
    return lastFailure(failed?.workflowTaskFailedEventAttributes?.failure?.message);
  },

  /** Ends a workflow that cannot end itself; what it started is asked to end. */
  async terminate(workflowId: string, reason: string): Promise<void> {
    await isFound(within('end the workflow', () => client.workflow.getHandle(workflowId).terminate(reason)));
  },

  /** The workflows of a run that are open, its own and those of its parts. */
  workflowsOfRun: (id: string): Promise<string[]> =>
    within('list the workflows of the run', async () => {
      const ids: string[] = [];
      const query = `${searchAttributes.run} = ${JSON.stringify(id)} AND ExecutionStatus = "Running"`;
      for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
      return ids;
    }),

  /** Tells an agent's workflow that it has a place. One that has ended needs none. */
  async notifyAdmitted(node: string): Promise<void> {
    await isFound(within('give the agent its slot', () => client.workflow.getHandle(node).signal(admittedSignal)));
  },
});
