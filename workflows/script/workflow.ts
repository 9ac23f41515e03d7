import moduleLoader from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import {
  CancellationScope,
  continueAsNew,
  executeChild,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CallResult } from '../../contracts/calls.ts';
import { content } from '../../contracts/content.ts';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { CallOutcome, ScriptActivities } from '../../contracts/script-activities.ts';
import { scriptLimits } from '../../contracts/script-limits.ts';
import { attributesOf, createStatusLabel } from '../attributes.ts';
import { createDriver } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import { pauseSignal, resumeSignal } from '../flow/messages.ts';
import type { FlowStepInput } from '../flow-step/messages.ts';
import { bound } from '../flow-step/start.ts';
import { scriptPolicy, workflowTaskTimeout } from '../policies.ts';
import { createVm } from './engine/vm.ts';
import { wasmModule } from './engine/wasm.ts';
import { createHost, type Host } from './host.ts';
import { type Ended, type ScriptEvent, scriptMachine, type Waiting } from './machine.ts';
import type { ScriptInput } from './messages.ts';

const { loadScript, prepareCalls, settleCall, settleNested, recordLines, firstToken, settleScript } =
  proxyActivities<ScriptActivities>(scriptPolicy);

/** Some 500 agents: above it nothing new starts, what runs ends, and the script begins again with what has ended. */
const historyLimit = 4000;

type Started = Extract<CallOutcome, { outcome: 'start' }>;

export async function script(input: ScriptInput): Promise<void> {
  const { runId, name, consoleUrl, agentsQueue, again = false } = input;
  const { workflowId } = workflowInfo();
  const started = new Map<string, Started>();
  let host: Host | undefined;
  let endsNested = false;
  const opened = (): Host => {
    if (!host) throw new Error('The script has not been loaded');
    return host;
  };

  const runChild = async ({ id, kind, retries, timeoutMs, isQuick }: Started): Promise<CallResult> => {
    const args: FlowStepInput = {
      runId,
      runName: name,
      consoleUrl,
      parent: workflowId,
      index: null,
      step: {
        id,
        kind,
        needs: [],
        trigger: 'all_success',
        onError: 'fail',
        batch: null,
        branches: [],
        retries,
        backoffMs: 1000,
        timeoutMs,
        isQuick,
        items: null,
      },
    };
    return await executeChild<(input: FlowStepInput) => Promise<CallResult>>('scriptCall', {
      ...bound,
      taskQueue: agentsQueue,
      workflowId: stepWorkflowId(runId, id),
      args: [args],
      workflowTaskTimeout,
      typedSearchAttributes: attributesOf({
        kind: 'step',
        run: runId,
        step: id,
        parent: workflowId,
      }),
      staticSummary: `${kind} ${id} of ${name}`,
    });
  };

  const startCall = async ({ call: id }: { call: string }): Promise<ScriptEvent> => {
    const call = started.get(id);
    started.delete(id);
    if (!call) throw new Error(`The call ${id} was not prepared`);
    let result: CallResult;
    try {
      result = await runChild(call);
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      // Ended from outside, or refused by the server: it has no result of its own.
      result = await settleCall({ runId, id, status: 'failed' });
    }
    return opened().settle(id, result);
  };

  const prepare = async (): Promise<ScriptEvent> => {
    const outcomes = await prepareCalls(
      { runId, ...(endsNested ? { endsNested } : {}) },
      content(runId, opened().takeCalls()),
    );
    for (const outcome of outcomes) if (outcome.outcome === 'start') started.set(outcome.id, outcome);
    return opened().prepared(outcomes);
  };

  const showStatus = createStatusLabel();
  const driver = createDriver({
    machine: scriptMachine,
    start: { input: undefined },
    historyLimit: input.historyLimit ?? historyLimit,
    deferrable: ['startCall', 'prepareCalls', 'recordLines', 'settleNested'],
    interruptible: ['wait', 'warmUp', 'expire'],
    effects: {
      loadScript: async (): Promise<ScriptEvent> => {
        const loaded = await loadScript({ runId, again });
        if (!loaded) return { type: 'ended.before' };
        host = createHost(await createVm(wasmModule, moduleLoader, scriptLimits.memoryBytes), loaded);
        endsNested = loaded.endsNested ?? false;
        const { paused, concurrency: maxConcurrent, leftMs = null } = loaded;
        return { type: 'loaded', paused, maxConcurrent, leftMs };
      },
      startScript: async () => opened().start(),
      prepareCalls: prepare,
      startCall,
      warmUp: async ({ call, prefix }: { call: string; prefix: string }): Promise<ScriptEvent> => {
        // Only a saving: the others continue in any case.
        await firstToken({ runId, id: call }).catch(() => {});
        return { type: 'warmed', prefix };
      },
      wait: async ({ call, ms }: Waiting): Promise<ScriptEvent> => {
        await sleep(Math.max(1, ms));
        return opened().settle(call, await settleCall({ runId, id: call, status: 'completed' }));
      },
      recordLines: async () => {
        await recordLines({ runId }, content(runId, opened().takeLines()));
        return opened().linesRecorded();
      },
      settleNested: async () => {
        await settleNested({ runId }, content(runId, opened().takeNested()));
        return opened().nestedRecorded();
      },
      expire: async ({ ms }: { ms: number }): Promise<ScriptEvent> => {
        await sleep(ms);
        return { type: 'late' };
      },
      settleScript: async ({ status, code }: Ended): Promise<ScriptEvent> => {
        const end = host?.end(status, code) ?? { status, code, reason: null, result: null, lines: [] };
        await settleScript({ runId }, content(runId, end));
        return { type: 'settled' };
      },
    },
    onState: ({ value, context: { queue, running, isPaused, ending }, status }) => {
      setCurrentDetails(
        `**${String(value)}**${isPaused ? ', paused' : ''}: ${running.length} run, ${queue.length} wait. [Open in the console](${consoleUrl}/r/${runId})`,
      );
      showStatus(status === 'done' ? (ending?.status ?? 'completed') : isPaused ? 'paused' : 'running');
    },
  });

  setHandler(pauseSignal, () => driver.send({ type: 'pause' }, 'signal'));
  setHandler(resumeSignal, () => driver.send({ type: 'resume' }, 'signal'));
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });

  const outcome = await CancellationScope.nonCancellable(() => runToEnd(driver));
  if (outcome === 'continue') await continueAsNew<typeof script>({ ...input, again: true });
}
