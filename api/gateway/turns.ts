import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { TurnStart } from '../../contracts/activities.ts';
import type { Approval } from '../../contracts/approvals.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import type { RunningTurn } from '../../store/turns.ts';
import {
  type Answer,
  approvalUpdate,
  cancelSignal,
  keyClearedSignal,
  type TurnInput,
} from '../../workflows/turn/messages.ts';
import { attributesOf, type Calls, isFound, type StartOptions, startPolicy } from './calls.ts';

/** How long a turn waits for a workflow task that its worker took and died with. */
const workflowTaskTimeout = '5s';

export const turnCalls = ({ client, taskQueue, consoleUrl, within }: Calls) => ({
  /** Starts the workflow of an assigned turn. Does nothing if it exists or existed. Throws `temporal_unavailable`. */
  async startTurn({ sessionId, turn, agent, model }: TurnStart, options: StartOptions = {}): Promise<void> {
    try {
      await within('start the turn', () =>
        client.workflow.start<(input: TurnInput) => Promise<void>>('turn', {
          workflowId: turnWorkflowId(sessionId, turn),
          taskQueue,
          workflowTaskTimeout,
          args: [{ sessionId, turn, agent, model, consoleUrl }],
          ...startPolicy(options),
          typedSearchAttributes: attributesOf({ kind: 'turn', session: sessionId, agent, model }),
          staticSummary: `Turn ${turn} of session ${sessionId}`,
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },

  /** Signals the workflow. The request itself is a row: a workflow that starts later reads it before its first step. */
  async cancelTurn({ workflowId, turn }: RunningTurn): Promise<void> {
    const handle = client.workflow.getHandle(workflowId);
    await isFound(within('cancel the turn', () => handle.signal(cancelSignal, { turn })));
  },

  /** Has a turn that waits for a key look again. Does nothing if the turn has ended or waits for nothing. */
  async keyCleared({ workflowId, turn }: RunningTurn): Promise<void> {
    const handle = client.workflow.getHandle(workflowId);
    await isFound(within('wake the turn', () => handle.signal(keyClearedSignal, { turn })));
  },

  /** Passes on an answer that is stored in Postgres. Does nothing if the turn has ended. */
  async answer({ id, step, call, decision }: Approval, { workflowId, turn }: RunningTurn): Promise<void> {
    if (!decision) return;
    const handle = client.workflow.getHandle(workflowId);
    const update = { updateId: id, args: [{ turn, step, call, decision }] as [Answer] };
    await isFound(within('deliver the answer', () => handle.executeUpdate(approvalUpdate, update)));
  },

  /** What can be seen of a turn's workflow from outside. */
  async turnHealth({ workflowId }: Pick<RunningTurn, 'workflowId'>): Promise<'running' | 'ended' | 'missing'> {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const { status } = await within('look at the turn', () => handle.describe());
      return status.name === 'RUNNING' ? 'running' : 'ended';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'missing';
      throw error;
    }
  },
});
