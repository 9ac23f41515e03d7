import { type CallResult, nodeKindOf } from '../../contracts/calls.ts';
import { content } from '../../contracts/content.ts';
import { errorTable } from '../../contracts/errors.ts';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { ScriptActivities } from '../../contracts/script-activities.ts';
import type { Store } from '../../store/store.ts';
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

const mostCharacters = 20_000;

/** The agent that started the script gets its result as a message, once. */
const tellStarter = async (store: Store, runId: string): Promise<void> => {
  const sessionId = await store.runs.parentSession(runId);
  const run = sessionId === null ? undefined : await store.runs.find(runId);
  if (sessionId === null || !run || !(await store.sessions.find(sessionId))) return;
  const end = await store.runs.output(runId);
  const result = typeof end?.output === 'string' ? end.output : JSON.stringify(end?.output ?? null, null, 2);
  const shown =
    result.length > mostCharacters ? `${result.slice(0, mostCharacters)}\n… (cut; script_status says more)` : result;
  const text =
    run.status === 'completed'
      ? `The script ${run.name} (run ${runId}) has completed:\n\n${shown}`
      : `The script ${run.name} (run ${runId}) was ${run.status}: ${run.reason ?? run.code}`;
  await store.messages.accept({ id: `script/${runId}/end`, sessionId, text, whenBusy: 'enqueue' });
  store.wake(sessionId);
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
    await tellStarter(store, runId);
  };
