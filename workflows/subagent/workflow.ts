import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { SnapshotFrom } from 'xstate';
import type { SubagentActivities, TurnStart } from '../../contracts/activities.ts';
import { subagentWorkflowId } from '../../contracts/ids.ts';
import { createStatusLabel } from '../attributes.ts';
import { createDriver } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import { briefPolicy } from '../policies.ts';
import { runTurn, startTurn } from '../turn/start.ts';
import { type How, type SubagentEvent, subagentMachine } from './machine.ts';
import { admitSignal, cancelSubagentSignal, type SubagentInput } from './messages.ts';

const { enterSubagent, settleSubagent } = proxyActivities<SubagentActivities>(briefPolicy);

const statusOf = ({ value, context }: SnapshotFrom<typeof subagentMachine>): string => {
  if (context.status) return context.status;
  return value === 'waiting' ? 'queued' : 'running';
};

export async function subagent({ id, parentSessionId, consoleUrl }: SubagentInput): Promise<void> {
  /** Resolves when the turn has ended, in whatever way. */
  const runWork = async ({ work }: { work: TurnStart }): Promise<SubagentEvent> => {
    await runTurn(work, { consoleUrl, labels: {} });
    return { type: 'turn.ended' };
  };

  const tell = async ({ ids, starts }: { ids: string[]; starts: TurnStart | null }): Promise<SubagentEvent> => {
    // One that is not there yet reads that it has a place when it begins.
    const telling = ids.map((next) => getExternalWorkflowHandle(subagentWorkflowId(next)).signal(admitSignal));
    await Promise.allSettled([...telling, ...(starts ? [startTurn(starts, consoleUrl)] : [])]);
    return { type: 'told' };
  };

  const showStatus = createStatusLabel();
  const driver = createDriver({
    machine: subagentMachine,
    start: { input: undefined },
    effects: {
      enter: async (): Promise<SubagentEvent> => ({ type: 'entered', entered: await enterSubagent({ id }) }),
      runWork,
      settle: async ({ how }: { how: How }): Promise<SubagentEvent> => ({
        type: 'settled',
        settled: await settleSubagent({ id, how }),
      }),
      tell,
    },
    onState: (snapshot) => {
      const link = `[Open its parent in the console](${consoleUrl}/s/${parentSessionId})`;
      setCurrentDetails(`**${String(snapshot.value)}**. ${link}`);
      showStatus(statusOf(snapshot));
    },
  });

  setHandler(admitSignal, () => driver.send({ type: 'admit' }, 'signal'));
  setHandler(cancelSubagentSignal, () => driver.send({ type: 'cancel' }, 'signal'));
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });

  await CancellationScope.nonCancellable(() => runToEnd(driver));
}
