import type { CallResult } from '../../contracts/calls.ts';
import { content } from '../../contracts/content.ts';
import type { CompiledScript } from '../../contracts/script.ts';
import type { LoadedScript, ScriptActivities } from '../../contracts/script-activities.ts';
import type { ScriptDependencies } from './script-dependencies.ts';

type Memo = Pick<LoadedScript, 'memo' | 'scripts'>;

/** What `workflow()` calls gave is a script to run, not a value to return. */
const toMemo = (results: ReadonlyMap<string, CallResult & { kind: string }>): Memo => {
  const memo: Record<string, CallResult> = {};
  const scripts: Record<string, CompiledScript> = {};
  for (const [id, { kind, ...result }] of results) {
    const nested = kind === 'workflow' ? (result.output as CompiledScript) : null;
    if (nested) scripts[id] = nested;
    memo[id] = nested ? { ...result, output: null } : result;
  }
  return { memo, scripts };
};

export const createLoadScript =
  ({ store, concurrency }: ScriptDependencies): ScriptActivities['loadScript'] =>
  async ({ runId, again }) => {
    const run = await store.runs.stored(runId);
    if (run?.status !== 'running' || run.kind !== 'script') return null;
    await store.runs.acknowledge(runId);
    return content<LoadedScript>(runId, {
      script: run.definition.script,
      args: run.hasInput ? JSON.stringify(run.input) : null,
      budget: run.budget,
      allowEmpty: run.allowEmpty,
      paused: run.paused,
      leftMs: run.timeLimitMs === null ? null : Math.max(1, Math.round(run.timeLimitMs - run.tookMs)),
      endsNested: true,
      concurrency: run.concurrency ?? concurrency,
      ...toMemo(again ? await store.calls.results(runId, null) : new Map()),
    });
  };
