import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { sessionOfSubagent, subagentWorkflowId } from '../../contracts/ids.ts';
import { admitSignal, cancelSubagentSignal, type SubagentInput } from '../../workflows/subagent/messages.ts';
import { attributesOf, type Calls, isFound, type StartOptions, startPolicy } from './calls.ts';

export const subagentCalls = ({ client, taskQueue, consoleUrl, within }: Calls) => ({
  /** A subagent has one workflow, once. False where there is or was one. */
  async startSubagent(
    { id, parentSessionId }: { id: string; parentSessionId: string },
    options: StartOptions = {},
  ): Promise<boolean> {
    const input: SubagentInput = { id, parentSessionId, consoleUrl };
    try {
      await within('start the background agent', () =>
        client.workflow.start<(input: SubagentInput) => Promise<void>>('subagent', {
          workflowId: subagentWorkflowId(id),
          taskQueue,
          args: [input],
          ...startPolicy(options),
          typedSearchAttributes: attributesOf({
            kind: 'subagent',
            session: sessionOfSubagent(id),
          }),
          staticSummary: `Background agent ${id} of session ${parentSessionId}`,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  },

  /** It has a slot now, or is to end: the row in Postgres decides. One that has ended needs no notice. */
  async notifySubagent(id: string, what: 'admit' | 'cancel'): Promise<void> {
    const handle = client.workflow.getHandle(subagentWorkflowId(id));
    const signal = what === 'admit' ? admitSignal : cancelSubagentSignal;
    await isFound(within('notify the background agent', () => handle.signal(signal)));
  },

  /** Null while it runs; otherwise how its workflow ended, in one word. */
  async subagentEnd(id: string): Promise<string | null> {
    const handle = client.workflow.getHandle(subagentWorkflowId(id));
    try {
      const { status } = await within('look at the background agent', () => handle.describe());
      return status.name === 'RUNNING' ? null : status.name.toLowerCase().replaceAll('_', ' ');
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  },
});
