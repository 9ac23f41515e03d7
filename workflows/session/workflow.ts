import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import type { Activities } from '../../contracts/activities.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import { attributesOf } from '../attributes.ts';
import { createDriver } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import { recordPolicy, workflowTaskTimeout } from '../policies.ts';
import { cancelSignal } from '../turn/messages.ts';
import { turn as turnWorkflow } from '../turn/workflow.ts';
import { type SessionEvent, sessionMachine, type Waiting } from './machine.ts';
import { cancelUpdate, type SessionInput, submitUpdate } from './messages.ts';

/** Messages that may wait. With the ones that run it stays far below the server's 2,000 updates for one run. */
const queueLimit = 500;

const { settleTurn } = proxyActivities<Activities>(recordPolicy);

export async function session(input: SessionInput): Promise<void> {
  const { sessionId, agent, model, consoleUrl } = input;

  /** The start of the turn that runs. */
  const started = new Map<number, Promise<unknown>>();

  /** Resolves when the turn has ended in whatever way; a turn that ended from outside is settled here. */
  const startTurn = async ({ messageId, turn }: Waiting): Promise<SessionEvent> => {
    try {
      const starting = startChild(turnWorkflow, {
        workflowId: turnWorkflowId(sessionId, turn),
        workflowTaskTimeout,
        args: [{ sessionId, turn, messageId, agent, model, consoleUrl }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
        typedSearchAttributes: attributesOf({ kind: 'turn', session: sessionId, status: 'running', agent, model }),
        staticSummary: `Turn ${turn} of session ${sessionId}`,
      });
      started.set(turn, starting);
      await (await starting).result();
    } catch {
      await settleTurn({ sessionId, turn, messageId, status: 'failed', code: 'turn_terminated' });
    }
    started.delete(turn);
    return { type: 'turn.ended', turn };
  };

  const cancelTurn = async ({ turn }: { turn: number }): Promise<undefined> => {
    // One that is about to start cannot be told yet.
    await started.get(turn)?.catch(() => {});
    // A turn that ended a moment ago needs no cancelling.
    await getExternalWorkflowHandle(turnWorkflowId(sessionId, turn))
      .signal(cancelSignal)
      .catch(() => {});
  };

  const driver = createDriver({
    machine: sessionMachine,
    start: input.resume
      ? { resume: input.resume }
      : { input: { nextTurn: input.nextTurn, first: input.first, closesWhenIdle: input.closesWhenIdle } },
    effects: { startTurn, cancelTurn },
    historyLimit: input.historyLimit,
    onState: ({ context: { running, queue } }) =>
      setCurrentDetails(
        `${running ? `Turn ${running.turn} runs` : 'Idle'}, ${queue.length} waiting. [Open in the console](${consoleUrl}/s/${sessionId})`,
      ),
  });
  const context = () => driver.snapshot().context;
  const taken = (messageId: string): Waiting | undefined => context().seen.find((seen) => seen.messageId === messageId);

  setHandler(
    submitUpdate,
    async ({ messageId, whenBusy }) => {
      await driver.send({ type: 'message', messageId, whenBusy }, 'update');
      const message = taken(messageId);
      // It closed in the same moment: the message, committed before, starts it again when it is sent again.
      if (!message) throw ApplicationFailure.nonRetryable('The session was closing', 'temporal_unavailable');
      return { turn: message.turn };
    },
    {
      validator: ({ messageId, whenBusy }) => {
        if (taken(messageId)) return;
        if (whenBusy === 'reject' && context().running) {
          throw ApplicationFailure.nonRetryable('A turn is running', 'session_busy');
        }
        if (context().queue.length >= queueLimit)
          throw ApplicationFailure.nonRetryable('The queue is full', 'queue_full');
      },
    },
  );
  setHandler(cancelUpdate, async () => {
    await driver.send({ type: 'cancel' }, 'update');
    return { turn: context().running?.turn ?? null };
  });

  CancellationScope.current().cancelRequested.catch(() => driver.send({ type: 'close' }, 'signal'));

  const outcome = await CancellationScope.nonCancellable(() => runToEnd(driver));
  if (outcome === 'continue') await continueAsNew<typeof session>({ ...input, resume: driver.resume() });
}
