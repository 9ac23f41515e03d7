import { type CallResult, nodeKindOf } from '../../contracts/calls.ts';
import { content } from '../../contracts/content.ts';
import { errorTable } from '../../contracts/errors.ts';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { Nested, ScriptActivities } from '../../contracts/script-activities.ts';
import type { ScriptDependencies } from './script-dependencies.ts';

export const createSettleCall =
  ({ store }: ScriptDependencies): ScriptActivities['settleCall'] =>
  async ({ runId, id, status }) => {
    const call = await store.calls.find(runId, id);
    const end =
      status === 'completed' ? {} : { code: 'turn_terminated' as const, reason: 'Its workflow was ended from outside' };
    await store.nodes.put(
      { runId, step: id, index: null },
      { kind: nodeKindOf(call?.kind ?? 'agent'), status, attempt: 1, output: null, ...end },
    );
    store.wakeRun(runId);
    return content<CallResult>(runId, await store.calls.result(stepWorkflowId(runId, id)));
  };

export const createRecordLines =
  ({ store }: ScriptDependencies): ScriptActivities['recordLines'] =>
  async ({ runId }, lines) => {
    await store.calls.putLines(runId, lines);
    store.wakeRun(runId);
  };

/** Their scripts, which are their outputs, stay: when the run begins again they are run again. */
const endNested = async ({ store }: ScriptDependencies, runId: string, nested: readonly Nested[]): Promise<void> => {
  for (const { id, error } of nested) {
    const end =
      error === null
        ? { status: 'completed' as const }
        : { status: 'failed' as const, code: 'script_failed' as const, reason: error };
    await store.nodes.put({ runId, step: id, index: null }, { kind: 'workflow', attempt: 1, ...end });
  }
};

export const createSettleNested =
  (dependencies: ScriptDependencies): ScriptActivities['settleNested'] =>
  async ({ runId }, nested) => {
    await endNested(dependencies, runId, nested);
    dependencies.store.wakeRun(runId);
  };

const overtime = (ms: number): string =>
  `It took longer than ${(ms / 60_000).toLocaleString('en-US')} minutes. Give it more time (--timeout, limits.runMinutes), and re-run it: the results of its agents are used again`;

export const createSettleScript =
  (dependencies: ScriptDependencies): ScriptActivities['settleScript'] =>
  async ({ runId }, { status, code, reason, result, lines, nested = [] }) => {
    const { store } = dependencies;
    if (lines.length > 0) await store.calls.putLines(runId, lines);
    await endNested(dependencies, runId, nested);
    const timeLimitMs = code === 'run_timed_out' ? ((await store.runs.stored(runId))?.timeLimitMs ?? null) : null;
    await store.runs.settle(runId, {
      status,
      code,
      reason:
        reason ?? (timeLimitMs !== null ? overtime(timeLimitMs) : code === null ? null : errorTable[code].meaning),
      output: result === null ? undefined : JSON.parse(result),
    });
    store.wakeRun(runId);
  };
