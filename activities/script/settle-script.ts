import { type CallResult, nodeKindOf } from '../../contracts/calls.ts';
import { content } from '../../contracts/content.ts';
import { errorTable } from '../../contracts/errors.ts';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { ScriptActivities } from '../../contracts/script-activities.ts';
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

export const createSettleScript =
  ({ store }: ScriptDependencies): ScriptActivities['settleScript'] =>
  async ({ runId }, { status, code, reason, result, lines }) => {
    if (lines.length > 0) await store.calls.putLines(runId, lines);
    await store.runs.settle(runId, {
      status,
      code,
      reason: reason ?? (code === null ? null : errorTable[code].meaning),
      output: result === null ? undefined : JSON.parse(result),
    });
    store.wakeRun(runId);
  };
