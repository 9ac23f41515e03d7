import {
  CancellationScope,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SnapshotFrom } from 'xstate';
import type { RunActivities, StepRef, Work } from '../../contracts/activities.ts';
import { batchWorkflowId, runWorkflowId } from '../../contracts/ids.ts';
import { attributesOf, createStatusLabel } from '../attributes.ts';
import { codeOf, createDriver } from '../driver/driver.ts';
import { createInbox } from '../driver/inbox.ts';
import { runToEnd } from '../driver/run.ts';
import type { MapInput } from '../fan-out/messages.ts';
import { type FlowInput, runHistoryLimit, stepEndedSignal } from '../flow/messages.ts';
import { codePolicy, quickPolicy, recordPolicy } from '../policies.ts';
import { createTurnHost } from '../turn/host.ts';
import { runTurn } from '../turn/start.ts';
import { type StepEvent, stepMachine } from './machine.ts';
import {
  admittedSignal,
  answeredSignal,
  expireSignal,
  type FlowStepInput,
  joinedSignal,
  type StepEnd,
} from './messages.ts';
import { bound } from './start.ts';

const local = proxyLocalActivities<RunActivities>(quickPolicy);
const { settleStep } = proxyActivities<RunActivities>(recordPolicy);

const ended = { type: 'work.ended' } as const;

/** A step that is held, by a pause or for an answer, waits in an activity, which adds nothing to the history. */
const orAsActivity =
  <Input, Result>(quickly: (input: Input) => Promise<Result>, asActivity: (input: Input) => Promise<Result>) =>
  async (input: Input): Promise<Result> => {
    try {
      return await quickly(input);
    } catch (error) {
      if (codeOf(error) !== 'not_asked') throw error;
      return await asActivity(input);
    }
  };

export async function flowStep(input: FlowStepInput): Promise<StepEnd> {
  const { runId, runName, consoleUrl, turnHistoryLimit = runHistoryLimit, step, index } = input;
  const stepRef: StepRef = { runId, step: step.id, index };
  const { workflowId } = workflowInfo();
  const link = `[Open in the console](${consoleUrl}/r/${runId}#${step.id}${index === null ? '' : `/${index}`})`;
  const asActivities = proxyActivities<RunActivities>({
    ...(step.kind === 'code' ? codePolicy : recordPolicy),
    summary: step.id,
  });
  const prepareStep = step.isQuick
    ? orAsActivity(local.prepareStep, asActivities.prepareStep)
    : asActivities.prepareStep;
  const concludeStep = step.isQuick
    ? orAsActivity(local.concludeStep, asActivities.concludeStep)
    : asActivities.concludeStep;
  /** Items that still run after the step has its result. */
  let lingering: { scope: CancellationScope; end: Promise<unknown> } | null = null;

  const runItems = async ({ count }: Extract<Work, { kind: 'items' }>): Promise<void> => {
    if (!step.items) return;
    const { fanOut, kind, isQuick, timeoutMs } = step.items;
    const args: MapInput = {
      runId,
      runName,
      consoleUrl,
      step: { ...step, kind, isQuick, timeoutMs, items: null },
      fanOut,
      count,
      parent: workflowId,
    };
    const running = executeChild<(input: MapInput) => Promise<void>>('map', {
      ...bound,
      workflowId: step.batch === null ? `${workflowId}/items` : batchWorkflowId(runId, step.batch),
      args: [args],
      typedSearchAttributes: attributesOf({
        kind: step.batch === null ? 'map' : 'batch',
        run: runId,
        step: step.id,
        parent: workflowId,
      }),
      staticSummary: `${count} items of ${step.id}, ${runName}`,
    });
    lingering = { scope: CancellationScope.current(), end: running.catch(() => {}) };
    await running;
  };

  const runFlow = async ({ runId: childId }: Extract<Work, { kind: 'run' }>): Promise<void> => {
    const running = executeChild<(input: FlowInput) => Promise<void>>('flow', {
      ...bound,
      workflowId: runWorkflowId(childId),
      args: [{ runId: childId, name: step.id, consoleUrl, parent: workflowId }],
      typedSearchAttributes: attributesOf({
        kind: 'run',
        run: childId,
        step: step.id,
        parent: workflowId,
      }),
      staticSummary: `Run ${childId}, ${step.id} of ${runName}`,
    });
    await running.catch((error: unknown) => {
      // Of one that was ended from outside its row says how the step has ended.
      if (isCancellation(error) || !patched('lost-runs')) throw error;
    });
  };

  const doWork = async ({ work }: { work: Work }): Promise<StepEvent> => {
    if (work.kind === 'turn')
      await (work.isHosted ? host.run : runTurn)(work, { ...turnOptions, isDirect: work.isDirect });
    else if (work.kind === 'items') await runItems(work);
    else if (work.kind === 'run') await runFlow(work);
    return ended;
  };

  const showStatus = createStatusLabel();
  let last: SnapshotFrom<typeof stepMachine> | undefined;
  const show = (snapshot = last): void => {
    last = snapshot;
    if (!snapshot) return;
    const { value, context, status } = snapshot;
    const { isWaiting, details } = host.state();
    setCurrentDetails([`**${JSON.stringify(value)}**, attempt ${context.attempt}. ${link}`, ...details].join('\n\n'));
    const waits = context.work?.kind === 'question' || isWaiting;
    showStatus(status === 'done' ? context.status : waits ? 'waiting' : 'running');
  };

  const inbox = createInbox();
  const turnOptions = { consoleUrl, historyLimit: turnHistoryLimit, labels: { run: runId, step: step.id } };
  const host = createTurnHost({ inbox, onState: () => show() });
  const driver = createDriver({
    inbox,
    onCancel: host.cancel,
    machine: stepMachine,
    start: {
      input: {
        // Those of a step that maps are its items'.
        retries: step.kind === 'map' ? 0 : step.retries,
        backoffMs: step.backoffMs,
        // That of code is held where it runs.
        timeoutMs: step.kind === 'code' ? null : step.timeoutMs,
      },
    },
    effects: {
      prepareStep: async ({ attempt }: { attempt: number }): Promise<StepEvent> => ({
        type: 'prepared',
        prepared: await prepareStep({ ...stepRef, attempt }),
      }),
      doWork,
      concludeStep: async (params: { attempt: number; repairs: number }): Promise<StepEvent> => ({
        type: 'concluded',
        concluded: await concludeStep({ ...stepRef, ...params }),
      }),
      settleStep: async (
        params: Omit<Parameters<RunActivities['settleStep']>[0], keyof StepRef>,
      ): Promise<StepEvent> => ({
        type: 'settled',
        status: await settleStep({ ...stepRef, ...params }),
      }),
    },
    onState: show,
  });

  setHandler(answeredSignal, () => driver.send({ type: 'answered' }, 'signal'));
  setHandler(admittedSignal, () => driver.send({ type: 'admitted' }, 'signal'));
  setHandler(expireSignal, () => driver.send({ type: 'expire' }, 'signal'));
  setHandler(joinedSignal, () => driver.send(ended, 'signal'));
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (!isCancellation(error)) return;
    lingering?.scope.cancel();
    return driver.send({ type: 'cancel' }, 'signal');
  });

  await CancellationScope.nonCancellable(() => runToEnd(driver));
  const { status, chosen } = driver.snapshot().context;
  const items = lingering as { end: Promise<unknown> } | null;
  if (items && step.items?.fanOut.rest === 'continue') {
    await CancellationScope.nonCancellable(async () => {
      await getExternalWorkflowHandle(runWorkflowId(runId))
        .signal(stepEndedSignal, { step: step.id, status, chosen })
        .catch(() => {});
      await items.end;
    });
  }
  return { status, chosen };
}
