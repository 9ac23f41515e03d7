import {
  CancellationScope,
  ChildWorkflowCancellationType,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { SnapshotFrom } from 'xstate';
import type { EnteredSubagent, SubagentActivities } from '../../contracts/activities.ts';
import { sessionWorkflowId, subagentWorkflowId } from '../../contracts/ids.ts';
import { attributesOf, statusKey } from '../attributes.ts';
import { createDriver } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import { briefPolicy } from '../policies.ts';
import type { SessionInput } from '../session/messages.ts';
import { type How, type SubagentEvent, subagentMachine } from './machine.ts';
import { admitSignal, cancelSubagentSignal, type SubagentInput } from './messages.ts';

const { enterSubagent, startSubagent, settleSubagent } = proxyActivities<SubagentActivities>(briefPolicy);

type SessionWork = Extract<EnteredSubagent, { outcome: 'admitted' }>['work'];

const statusOf = ({ value, context }: SnapshotFrom<typeof subagentMachine>): string => {
  if (context.status) return context.status;
  return value === 'entering' || value === 'waiting' ? 'queued' : 'running';
};

export async function subagent({ id, parentSessionId, consoleUrl }: SubagentInput): Promise<void> {
  const { workflowId } = workflowInfo();

  /** Resolves when its session has nothing more to do; throws when that was ended from outside. */
  const runSession = async ({ work }: { work: SessionWork }): Promise<SubagentEvent> => {
    const { sessionId, messageId, turn, agent, model, allow } = work;
    const running = await startChild<(input: SessionInput) => Promise<void>>('session', {
      workflowId: sessionWorkflowId(sessionId),
      args: [{ sessionId, agent, model, allow, consoleUrl, nextTurn: turn, first: messageId, closesWhenIdle: true }],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      typedSearchAttributes: attributesOf({ kind: 'session', session: sessionId, parent: workflowId, agent, model }),
      staticSummary: `Session ${sessionId} of background agent ${id}`,
    });
    // From here on messages reach the session itself. Not cut off by a cancel: that waits for the session's end.
    await CancellationScope.nonCancellable(() => startSubagent({ id }));
    await running.result();
    return { type: 'session.ended' };
  };

  const tellAdmitted = async ({ ids }: { ids: string[] }): Promise<SubagentEvent> => {
    // One that is not there yet reads that it has a place when it begins.
    const telling = ids.map((next) => getExternalWorkflowHandle(subagentWorkflowId(next)).signal(admitSignal));
    await Promise.allSettled(telling);
    return { type: 'told' };
  };

  let shown = 'queued';
  const driver = createDriver({
    machine: subagentMachine,
    start: { input: undefined },
    effects: {
      enter: async (): Promise<SubagentEvent> => ({ type: 'entered', entered: await enterSubagent({ id }) }),
      runSession,
      settle: async ({ how }: { how: How }): Promise<SubagentEvent> => ({
        type: 'settled',
        settled: await settleSubagent({ id, how }),
      }),
      tellAdmitted,
    },
    onState: (snapshot) => {
      const link = `[Open its parent in the console](${consoleUrl}/s/${parentSessionId})`;
      setCurrentDetails(`**${String(snapshot.value)}**. ${link}`);
      const status = statusOf(snapshot);
      if (status !== shown) upsertSearchAttributes([{ key: statusKey, value: status }]);
      shown = status;
    },
  });

  setHandler(admitSignal, () => driver.send({ type: 'admit' }, 'signal'));
  setHandler(cancelSubagentSignal, () => driver.send({ type: 'cancel' }, 'signal'));
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });

  await CancellationScope.nonCancellable(() => runToEnd(driver));
}
