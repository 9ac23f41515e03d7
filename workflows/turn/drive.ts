import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { SnapshotFrom } from 'xstate';
import type { Activities, Call, SettleTurnInput, TurnEnd } from '../../contracts/activities.ts';
import { createDriver, type Driver } from '../driver/driver.ts';
import type { Inbox } from '../driver/inbox.ts';
import { modelPolicy, recordPolicy, toolPolicy } from '../policies.ts';
import { notifySubagent } from '../subagent/start.ts';
import { type TurnEvent, turnMachine } from './machine.ts';
import type { TurnInput } from './messages.ts';
import { startTurn } from './start.ts';

const { settleTurn } = proxyActivities<Activities>(recordPolicy);

export type TurnSnapshot = SnapshotFrom<typeof turnMachine>;

const endOf = ({ next }: TurnEnd): TurnEnd => (next === undefined ? {} : { next });

/** The status that the turn's workflow is labelled with. */
export const statusOf = ({ status, context }: TurnSnapshot): string => {
  if (status === 'done') return context.ending?.status ?? 'completed';
  const waits = context.calls.some(({ approval, state }) => approval === 'pending' && state === 'waiting');
  return waits ? 'waiting' : 'running';
};

/** Markdown for Temporal UI. */
export const describe = (
  { value, context: { step, calls } }: TurnSnapshot,
  { consoleUrl, sessionId, turn }: TurnInput,
): string => {
  const tools = calls.map(
    ({ call, tool, state, approval }) =>
      `- call ${call}: \`${tool}\` ${approval === 'pending' ? 'waits for a user' : state}`,
  );
  const link = `[Open in the console](${consoleUrl}/s/${sessionId}#turn-${turn})`;
  return [`**${String(value)}**, step ${step}. ${link}`, ...tools].join('\n');
};

type Options = { inbox?: Inbox; onState: (snapshot: TurnSnapshot) => void };

/** Runs the machine of a turn: in a workflow of its own, or in that of the step it belongs to. */
export const driveTurn = (input: TurnInput, options: Options): Driver<typeof turnMachine> => {
  const { sessionId, turn: number, agent, model, consoleUrl, isDirect } = input;
  const turnRef = { sessionId, turn: number };

  const callModel = async ({ step, ...rested }: { step: number; restedMs?: number }): Promise<TurnEvent> => {
    const summary = `${isDirect ? 'direct call' : model}, step ${step}`;
    const activities = proxyActivities<Activities>({ ...modelPolicy, summary });
    const place = { ...turnRef, step };
    const ask = (asIs: { asIs?: true }) =>
      (isDirect ? activities.callDirectly : activities.callModel)({ ...place, ...rested, ...asIs });
    let result = await ask({});
    while (result.outcome === 'compact') {
      const { compaction } = result;
      const { compactContext } = proxyActivities<Activities>({ ...modelPolicy, summary: `compaction, step ${step}` });
      const { isNeeded } = await compactContext({ ...place, compaction });
      result = await ask(isNeeded ? {} : { asIs: true });
    }
    if (result.outcome === 'resting') return { type: 'model.resting', forMs: result.forMs };
    if (result.outcome === 'tools') return { type: 'model.replied', calls: result.calls };
    if (result.outcome === 'cancelled') return { type: 'cancel' };
    return { type: 'model.finished', ...endOf(result), ...(result.code ? { code: result.code } : {}) };
  };

  const runTool = async ({ step, call, tool }: { step: number } & Pick<Call, 'call' | 'tool'>): Promise<TurnEvent> => {
    const activities = proxyActivities<Activities>({ ...toolPolicy, summary: `${tool}, step ${step}` });
    const result = await activities.runTool({ ...turnRef, step, call });
    if (result.subagent) await notifySubagent(result.subagent, { sessionId, consoleUrl });
    return result.finished ? { type: 'tool.finished', call, ...endOf(result) } : { type: 'tool.done', call };
  };

  // Cancelling the workflow must not cut off the record of its end.
  const settle = async ({ status, code }: Pick<SettleTurnInput, 'status' | 'code'>): Promise<TurnEvent> => {
    const end = await CancellationScope.nonCancellable(() => settleTurn({ ...turnRef, status, code }));
    return { type: 'turn.settled', ...endOf(end) };
  };

  const startNext = async ({ turn: next }: { turn: number }): Promise<TurnEvent> => {
    await startTurn({ sessionId, turn: next, agent, model }, consoleUrl);
    return { type: 'next.started' };
  };

  return createDriver({
    ...options,
    machine: turnMachine,
    start: input.resume ? { resume: input.resume } : { input: undefined },
    historyLimit: input.historyLimit,
    effects: { callModel, runTool, settleTurn: settle, startNext },
  });
};
