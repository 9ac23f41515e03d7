import {
  CancellationScope,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { RunActivities, UnrunStep } from '../../contracts/activities.ts';
import { defaultBranch, type FanOut, type GraphStep, noBranch } from '../../contracts/graph.ts';
import { batchWorkflowId, branchWorkflowId, stepWorkflowId } from '../../contracts/ids.ts';
import { createStatusLabel } from '../attributes.ts';
import { createDriver } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import type { RunRef } from '../flow-step/messages.ts';
import { runStep } from '../flow-step/start.ts';
import { recordPolicy } from '../policies.ts';
import { createExecutors, type Group } from './executors.ts';
import { type FlowContext, type FlowEvent, flowMachine } from './machine.ts';
import { type FlowInput, pauseSignal, resumeSignal, runHistoryLimit, stepEndedSignal } from './messages.ts';

const { loadRun, recordUnrun, settleRun } = proxyActivities<RunActivities>(recordPolicy);

/** A branch limits nothing. */
const unlimited: FanOut = { maxConcurrent: 1_000_000, join: 'all_settled', rest: 'continue', timeoutMs: null };

export async function flow(input: FlowInput): Promise<void> {
  const { runId, name, consoleUrl, turnHistoryLimit } = input;
  const runRef: RunRef = { runId, runName: name, consoleUrl, ...(turnHistoryLimit ? { turnHistoryLimit } : {}) };
  const executors = createExecutors(runRef);
  /** Children of the run itself, until they have ended: some have their result before. */
  const children = new Map<string, { scope: CancellationScope; end: Promise<unknown> }>();
  const context = (): FlowContext => driver.snapshot().context;
  /** What reads results (a step, the run's report) finds those of the steps that never run. */
  let recorded: Promise<unknown> = Promise.resolve();

  const branchGroup = (switchId: string, chosen: number): Group => ({
    type: 'branch',
    workflowId: branchWorkflowId(runId, switchId, chosen),
    fanOut: unlimited,
    members: context().graph.steps.filter(({ branches }) =>
      branches.some((branch) => branch.switch === switchId && branch.chosen === chosen),
    ),
    label: `${switchId}: ${chosen === defaultBranch ? 'default' : `case ${chosen + 1}`}`,
  });

  /** The innermost group that carries out a step. A step that maps is a group of its own. */
  const groupOf = (step: GraphStep): Group | null => {
    const { graph, choices } = context();
    const group = graph.batches.find(({ name: batch }) => batch === step.batch);
    if (group && step.kind !== 'map') {
      const members = graph.steps.filter(({ id }) => group.members.includes(id));
      return {
        type: 'batch',
        workflowId: batchWorkflowId(runId, group.name),
        fanOut: group,
        members,
        label: group.name,
      };
    }
    const taken = step.branches.find((branch) => choices[branch.switch] === branch.chosen);
    return taken ? branchGroup(taken.switch, taken.chosen) : null;
  };

  const runAlone = (step: GraphStep) => {
    const running = runStep(runRef, step, null);
    const end = running.finally(() => children.delete(step.id));
    children.set(step.id, { scope: CancellationScope.current(), end });
    return step.items ? executors.race(step.id, running) : running;
  };

  const startStep = async ({ step: id }: { step: string }): Promise<FlowEvent> => {
    const step = context().graph.steps.find((other) => other.id === id);
    if (!step) return { type: 'step.ended', step: id, status: 'failed', chosen: null };
    await recorded;
    const isDropped = context().dropped.includes(id);
    // Dropped while it waited for the next run of this workflow.
    if (isDropped) await recordUnrun({ runId, unrun: [{ step: id, status: 'cancelled', because: [] }] });
    if (isDropped || CancellationScope.current().consideredCancelled) {
      return { type: 'step.ended', step: id, status: 'cancelled', chosen: null };
    }
    const group = groupOf(step);
    const end = group ? await executors.run(group, id) : await runAlone(step);
    return { type: 'step.ended', step: id, ...end };
  };

  const notifyPaused = async ({ paused }: { paused: boolean }): Promise<undefined> => {
    await executors.notifyPaused(paused);
    const maps = context().graph.steps.filter(({ id, items }) => items && context().statuses[id] === 'running');
    const signal = paused ? pauseSignal : resumeSignal;
    await Promise.all(
      maps.map(({ id, batch }) =>
        getExternalWorkflowHandle(batch === null ? `${stepWorkflowId(runId, id)}/items` : batchWorkflowId(runId, batch))
          .signal(signal)
          .catch(() => {}),
      ),
    );
  };

  /** Nothing of the run is left behind its end. */
  const closeAll = async (isCancelled: boolean): Promise<void> => {
    if (isCancelled) for (const { scope } of children.values()) scope.cancel();
    await Promise.all([executors.close(), ...[...children.values()].map(({ end }) => end)]);
  };

  const showStatus = createStatusLabel();
  const driver = createDriver({
    machine: flowMachine,
    start: input.resume ? { resume: input.resume } : { input: undefined },
    historyLimit: input.historyLimit ?? runHistoryLimit,
    deferrable: ['startStep'],
    effects: {
      loadRun: async (): Promise<FlowEvent> => {
        const loaded = await loadRun({ runId });
        return loaded.outcome === 'loaded'
          ? { type: 'loaded', graph: loaded.graph, paused: loaded.paused }
          : { type: 'ended.before' };
      },
      startStep,
      dropStep: async ({ step }: { step: string }) => {
        // By then it has been started, if it waited for a record.
        await recorded;
        if (!(await executors.drop(step))) children.get(step)?.scope.cancel();
        return undefined;
      },
      recordUnrun: async ({ unrun }: { unrun: UnrunStep[] }) => {
        const recording = recordUnrun({ runId, unrun });
        recorded = Promise.allSettled([recorded, recording]);
        await recording;
        return undefined;
      },
      openBranch: async ({ step, chosen }: { step: string; chosen: number }) => {
        if (chosen === noBranch) return undefined;
        const group = branchGroup(step, chosen);
        if (group.members.length > 0) executors.open(group);
        return undefined;
      },
      notifyPaused,
      settleRun: async (ending: Omit<Parameters<RunActivities['settleRun']>[0], 'runId'>): Promise<FlowEvent> => {
        await closeAll(ending.status !== 'completed');
        await recorded;
        await settleRun({ runId, ...ending });
        return { type: 'settled' };
      },
    },
    onState: ({ value, context: { statuses, isPaused, ending }, status }) => {
      const lines = Object.entries(statuses).map(([step, state]) => `- ${step}: ${state}`);
      const head = `**${String(value)}**${isPaused ? ', paused' : ''}. [Open in the console](${consoleUrl}/r/${runId})`;
      setCurrentDetails([head, ...lines.slice(0, 100)].join('\n'));
      showStatus(status === 'done' ? (ending?.status ?? 'completed') : isPaused ? 'paused' : 'running');
    },
  });

  setHandler(pauseSignal, () => driver.send({ type: 'pause' }, 'signal'));
  setHandler(resumeSignal, () => driver.send({ type: 'resume' }, 'signal'));
  setHandler(stepEndedSignal, ({ step, status, chosen }) => executors.ended(step, { status, chosen }));
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });

  const outcome = await CancellationScope.nonCancellable(() => runToEnd(driver));
  if (outcome === 'continue') {
    await CancellationScope.nonCancellable(() => closeAll(false));
    await continueAsNew<typeof flow>({ ...input, resume: driver.resume() });
  }
}
