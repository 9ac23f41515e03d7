import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { SnapshotFrom } from 'xstate';
import type { Activities, Call, SettleTurnInput, TurnEnd } from '../../contracts/activities.ts';
import { createStatusLabel } from '../attributes.ts';
import { createDriver } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import { modelPolicy, recordPolicy, toolPolicy } from '../policies.ts';
import { tellSubagent } from '../subagent/start.ts';
import { type TurnEvent, turnMachine } from './machine.ts';
import { approvalUpdate, cancelSignal, type TurnInput } from './messages.ts';
import { startTurn } from './start.ts';

const { settleTurn } = proxyActivities<Activities>(recordPolicy);

type Snapshot = SnapshotFrom<typeof turnMachine>;

const endOf = ({ next }: TurnEnd): TurnEnd => (next === undefined ? {} : { next });

const statusOf = ({ status, context }: Snapshot): string => {
  if (status === 'done') return context.ending?.status ?? 'completed';
  const waits = context.calls.some(({ approval, state }) => approval === 'pending' && state === 'waiting');
  return waits ? 'waiting' : 'running';
};

const describe = ({ value, context: { step, calls } }: Snapshot, consoleUrl: string, input: TurnInput): string => {
  const tools = calls.map(
    ({ call, tool, state, approval }) =>
      `- call ${call}: \`${tool}\` ${approval === 'pending' ? 'waits for a person' : state}`,
  );
  const link = `[Open in the console](${consoleUrl}/s/${input.sessionId}#turn-${input.turn})`;
  return [`**${String(value)}**, step ${step}. ${link}`, ...tools].join('\n');
};

export async function turn(input: TurnInput): Promise<void> {
  const { sessionId, turn: number, agent, model, consoleUrl, isDirect } = input;
  const of = { sessionId, turn: number };

  const callModel = async ({ step }: { step: number }): Promise<TurnEvent> => {
    const summary = `${isDirect ? 'direct call' : model}, step ${step}`;
    const activities = proxyActivities<Activities>({ ...modelPolicy, summary });
    const result = await (isDirect ? activities.callDirectly : activities.callModel)({ ...of, step });
    if (result.outcome === 'tools') return { type: 'model.replied', calls: result.calls };
    return result.outcome === 'cancelled' ? { type: 'cancel' } : { type: 'model.finished', ...endOf(result) };
  };

  const runTool = async ({ step, call, tool }: { step: number } & Pick<Call, 'call' | 'tool'>): Promise<TurnEvent> => {
    const activities = proxyActivities<Activities>({ ...toolPolicy, summary: `${tool}, step ${step}` });
    const result = await activities.runTool({ ...of, step, call });
    if (result.subagent) await tellSubagent(result.subagent, { sessionId, consoleUrl });
    return result.finished ? { type: 'tool.finished', call, ...endOf(result) } : { type: 'tool.done', call };
  };

  // Cancelling the workflow must not cut off the record of its end.
  const settle = async ({ status, code }: Pick<SettleTurnInput, 'status' | 'code'>): Promise<TurnEvent> => {
    const end = await CancellationScope.nonCancellable(() => settleTurn({ ...of, status, code }));
    return { type: 'turn.settled', ...endOf(end) };
  };

  const startNext = async ({ turn: next }: { turn: number }): Promise<TurnEvent> => {
    await startTurn({ sessionId, turn: next, agent, model }, consoleUrl);
    return { type: 'next.started' };
  };

  const showStatus = createStatusLabel();
  const driver = createDriver({
    machine: turnMachine,
    start: input.resume ? { resume: input.resume } : { input: undefined },
    historyLimit: input.historyLimit,
    effects: { callModel, runTool, settleTurn: settle, startNext },
    onState: (snapshot) => {
      setCurrentDetails(describe(snapshot, consoleUrl, input));
      showStatus(statusOf(snapshot));
    },
  });

  setHandler(cancelSignal, () => driver.send({ type: 'cancel' }, 'signal'));
  setHandler(approvalUpdate, (answer) => driver.send({ type: 'approval.answered', ...answer }, 'update'));
  // Asked from outside: in Temporal UI, or by the step or background agent it belongs to.
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });

  const outcome = await CancellationScope.nonCancellable(() => runToEnd(driver));
  if (outcome === 'continue') await continueAsNew<typeof turn>({ ...input, resume: driver.resume() });
}
