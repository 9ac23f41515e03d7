import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { Run } from '../../contracts/runs.ts';
import { scriptsQueue } from '../../contracts/temporal.ts';
import { type FlowInput, pauseSignal, resumeSignal } from '../../workflows/flow/messages.ts';
import { answeredSignal } from '../../workflows/flow-step/messages.ts';
import type { ScriptInput } from '../../workflows/script/messages.ts';
import { attributesOf, type Calls, isFound, type StartOptions, startPolicy } from './calls.ts';

export const runCalls = ({ client, taskQueue, consoleUrl, within }: Calls) => ({
  /** A run has one workflow, once: where there is or was one, nothing happens. */
  async startRun({ id, kind, name }: Pick<Run, 'id' | 'kind' | 'name'>, options: StartOptions = {}): Promise<void> {
    const input: FlowInput | ScriptInput = { runId: id, name, consoleUrl, agentsQueue: taskQueue };
    try {
      await within('start the run', () =>
        client.workflow.start<(input: FlowInput | ScriptInput) => Promise<void>>(kind, {
          workflowId: runWorkflowId(id),
          taskQueue: kind === 'script' ? scriptsQueue(taskQueue) : taskQueue,
          args: [input],
          ...startPolicy(options),
          typedSearchAttributes: attributesOf({ kind: 'run', run: id }),
          staticSummary: `Run ${id} of ${name}`,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },

  /** False when nothing runs that could be cancelled. Temporal takes a request for a workflow that has ended, too. */
  async cancelRun(id: string): Promise<boolean> {
    const handle = client.workflow.getHandle(runWorkflowId(id));
    let isRunning = false;
    const cancel = async (): Promise<void> => {
      await handle.cancel();
      isRunning = (await handle.describe()).status.name === 'RUNNING';
    };
    await isFound(within('cancel the run', cancel));
    return isRunning;
  },

  /** The row says whether it is paused; a workflow that starts later reads it there. */
  async notifyPaused(id: string, paused: boolean): Promise<void> {
    const handle = client.workflow.getHandle(runWorkflowId(id));
    const action = paused ? 'pause the run' : 'resume the run';
    await isFound(within(action, () => handle.signal(paused ? pauseSignal : resumeSignal)));
  },

  /** Notifies the step of an answer in Postgres. A step that has ended needs no notice. */
  async notifyAnswered(node: string): Promise<void> {
    await isFound(within('deliver the answer', () => client.workflow.getHandle(node).signal(answeredSignal)));
  },
});
