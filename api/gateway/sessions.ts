import { WithStartWorkflowOperation, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Approval } from '../../contracts/approvals.ts';
import { EverturnError, isErrorCode } from '../../contracts/errors.ts';
import type { WhenBusy } from '../../contracts/events.ts';
import { sessionWorkflowId, turnWorkflowId } from '../../contracts/ids.ts';
import type { Addressee, Message } from '../../store/messages.ts';
import { cancelUpdate, type SessionInput, submitUpdate } from '../../workflows/session/messages.ts';
import { approvalUpdate } from '../../workflows/turn/messages.ts';
import { attributesOf, type Calls, isFound } from './calls.ts';

/** An update that a validator rejected, by the code of its failure. */
const rejection = (error: unknown): EverturnError | undefined => {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, message } = error.cause;
  if (!isErrorCode(type)) return undefined;
  const hint = type === 'session_busy' ? 'send with whenBusy "enqueue" or "interrupt"' : 'wait until some are answered';
  return new EverturnError(type, `Cannot send the message: ${message}; ${hint}`, { cause: error });
};

/**
 * The message's own id, so that it takes effect once however often it is sent. One that a workflow has taken and no turn
 * has read goes under another: the server answers for the workflow that has ended with what it was told then.
 */
const updateIdOf = ({ id, acknowledgedAt }: Message): string =>
  acknowledgedAt == null ? id : `${id}#${acknowledgedAt}`;

export const sessionCalls = ({ client, taskQueue, consoleUrl, within }: Calls) => ({
  /** Starts the session's workflow where there is none. Throws `session_busy`, `queue_full`, `temporal_unavailable`. */
  async submit(addressee: Addressee, message: Message): Promise<{ turn: number }> {
    const { id: sessionId, agent, model, allow, nextTurn } = addressee;
    const input: SessionInput = { sessionId, agent, model, allow, consoleUrl, nextTurn };
    const startWorkflowOperation = new WithStartWorkflowOperation<(input: SessionInput) => Promise<void>>('session', {
      workflowId: sessionWorkflowId(sessionId),
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: attributesOf({ kind: 'session', session: sessionId, agent, model }),
      staticSummary: `Session ${sessionId}`,
    });
    try {
      return await within('deliver the message', () =>
        client.workflow.executeUpdateWithStart(submitUpdate, {
          updateId: updateIdOf(message),
          args: [{ messageId: message.id, whenBusy: message.whenBusy }],
          startWorkflowOperation,
        }),
      );
    } catch (error) {
      throw rejection(error) ?? error;
    }
  },

  /** The same where the session's workflow runs; null where it does not. */
  async submitToRunning(message: Message): Promise<{ turn: number } | null> {
    const handle = client.workflow.getHandle(sessionWorkflowId(message.sessionId));
    const update = {
      updateId: updateIdOf(message),
      args: [{ messageId: message.id, whenBusy: message.whenBusy }] as [{ messageId: string; whenBusy: WhenBusy }],
    };
    try {
      return await within('deliver the message', () => handle.executeUpdate(submitUpdate, update));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw rejection(error) ?? error;
    }
  },

  /** Null when no turn runs. */
  async cancel(sessionId: string): Promise<number | null> {
    const handle = client.workflow.getHandle(sessionWorkflowId(sessionId));
    try {
      const { turn } = await within('cancel the turn', () => handle.executeUpdate(cancelUpdate));
      return turn;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  },

  /** Tells the turn of an answer that stands in Postgres. A turn that has ended needs none. */
  async answer({ id, sessionId, turn, step, call, decision }: Approval): Promise<void> {
    if (!decision) return;
    const handle = client.workflow.getHandle(turnWorkflowId(sessionId, turn));
    const update = {
      updateId: id,
      args: [{ step, call, decision }] as [{ step: number; call: number; decision: typeof decision }],
    };
    await isFound(within('deliver the answer', () => handle.executeUpdate(approvalUpdate, update)));
  },

  /** Asks the session's workflow to end, and with it the turn that runs. */
  async close(sessionId: string): Promise<void> {
    await isFound(within('end the session', () => client.workflow.getHandle(sessionWorkflowId(sessionId)).cancel()));
  },
});
