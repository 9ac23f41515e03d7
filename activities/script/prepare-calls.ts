import { Context } from '@temporalio/activity';
import { nodeKindOf, type ScriptCall } from '../../contracts/calls.ts';
import { content } from '../../contracts/content.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { ApproveOptions, type CompiledScript } from '../../contracts/script.ts';
import type { CallOutcome, ScriptActivities } from '../../contracts/script-activities.ts';
import { submitResultName } from '../../contracts/tools.ts';
import { checkAllowance } from '../../contracts/untrusted.ts';
import type { EarlierCall, NewCall } from '../../store/calls.ts';
import type { StoredScriptRun } from '../../store/runs.ts';
import { unknownTool } from '../tools/registry.ts';
import { findCalled } from './find-called.ts';
import { toolsOfOthers } from './known-tools.ts';
import { type Planned, planAgent } from './prepare-agent.ts';
import { readOptions } from './refusal.ts';
import { isWished } from './reuse-key.ts';
import type { ScriptDependencies } from './script-dependencies.ts';

const shownOf = ({ id, label, phase, ordinal, kind, params }: ScriptCall): NewCall => ({
  id,
  label: kind === 'sleep' ? `${String(params.seconds)} s` : label,
  phase,
  ordinal,
  kind: nodeKindOf(kind),
  call: { id, label, phase, ordinal, kind, params, occurrence: 0 },
});

const start = (call: ScriptCall, isQuick = false): Planned => ({
  call: { ...shownOf(call), call },
  outcome: {
    id: call.id,
    outcome: 'start',
    kind: nodeKindOf(call.kind),
    retries: 0,
    timeoutMs: null,
    isQuick,
    prefix: null,
  },
});

/** Ended as soon as it is asked: nothing waits for it. */
const done = (call: ScriptCall, output: unknown): Planned => ({
  ...start(call),
  call: { ...shownOf(call), call, result: { from: null, output, outputHash: null } },
});

const fileName = /^[\w][\w.-]{0,127}$/;
const mediaType = (name: string): string =>
  ({ md: 'text/markdown', json: 'application/json', csv: 'text/csv' })[name.split('.').at(-1) ?? ''] ?? 'text/plain';

/** What to do for one call. Throws the error for the script if it asked for something impossible. */
const plan = async (
  dependencies: ScriptDependencies,
  run: StoredScriptRun,
  call: ScriptCall,
  earlier: readonly EarlierCall[] | null,
): Promise<Planned> => {
  const { store, tools, findScript } = dependencies;
  const { params } = call;
  switch (call.kind) {
    case 'agent':
      return planAgent(dependencies, run, call, earlier);
    case 'tool': {
      const [name, names] = [String(params.name), tools.map((tool) => tool.name)];
      if (!names.includes(name)) throw unknownTool(name, names);
      return start(call);
    }
    case 'approve': {
      const { question: _question, ...options } = params;
      readOptions('approve()', ApproveOptions, options);
      return start(call, dependencies.quickSteps);
    }
    case 'sleep':
      return {
        call: { ...shownOf(call), call },
        outcome: { id: call.id, outcome: 'sleep', ms: Number(params.seconds) * 1000 },
      };
    case 'workflow': {
      const { file, definition, trusted } = await findCalled(findScript, String(params.name), run);
      checkAllowance(`the script ${file.definition.meta.name}`, trusted, run.allow);
      return done(call, definition.script);
    }
    case 'artifact': {
      const name = String(params.name);
      if (!fileName.test(name)) {
        throw new EverturnError(
          'bad_request',
          `Cannot keep the artifact ${JSON.stringify(name)}: expected a file name of letters, digits, . _ and -`,
        );
      }
      await store.artifacts.put(run.id, name, `${mediaType(name)}; charset=utf-8`, Buffer.from(String(params.content)));
      return done({ ...call, params: { name } }, null);
    }
  }
};

/** With the results of other runs, where calls wish for them. */
const withResults = async (
  { store, tools }: ScriptDependencies,
  planned: readonly Planned[],
): Promise<readonly Planned[]> => {
  const keys = planned.flatMap(({ call, wish }) => (wish && call.reuseKey ? [call.reuseKey] : []));
  const readTools = tools.flatMap(({ name, permission }) => (permission === 'read' ? [name] : []));
  const kept = new Map(
    (await store.results.reusable(keys, [...readTools, submitResultName])).map((result) => [result.reuseKey, result]),
  );
  return planned.map(({ call, wish, ...rest }) => {
    const result = kept.get(call.reuseKey ?? '');
    if (!wish || !result || !isWished(wish, result)) return { call, ...rest };
    const { freshBecause: _ran, reuseKey: _paid, ...used } = call;
    const { runId: from, output, outputHash } = result;
    return { call: { ...used, result: { from, output, outputHash } }, ...rest };
  });
};

const outcomesOf = async (
  { store }: ScriptDependencies,
  runId: string,
  planned: readonly Planned[],
): Promise<CallOutcome[]> => {
  const ids = planned.map(({ call }) => call.id);
  const results = await store.calls.results(runId, ids);
  const ages = await store.calls.ages(runId, ids);
  return planned.map(({ outcome, call }): CallOutcome => {
    const result = results.get(outcome.id);
    if (result && call.kind === 'workflow') {
      return {
        id: outcome.id,
        outcome: 'ended',
        result: { ...result, output: null },
        script: result.output as CompiledScript,
      };
    }
    if (result) return { id: outcome.id, outcome: 'ended', result };
    return outcome.outcome === 'sleep'
      ? { ...outcome, ms: Math.max(1, outcome.ms - (ages.get(outcome.id) ?? 0)) }
      : outcome;
  });
};

export const createPrepareCalls =
  (built: ScriptDependencies): ScriptActivities['prepareCalls'] =>
  async ({ runId, endsNested = false }, calls) => {
    const { store } = built;
    const dependencies = { ...built, tools: [...built.tools, ...(await toolsOfOthers(store))] };
    const run = await store.runs.stored(runId);
    if (run?.kind !== 'script')
      throw new EverturnError('run_not_found', `Cannot continue run ${runId}: it was deleted`);
    const earlier = run.rerunOf === null ? null : await store.calls.earlier(run.rerunOf);
    const planned: Planned[] = [];
    const refused: CallOutcome[] = [];
    for (const call of calls) {
      Context.current().cancellationSignal.throwIfAborted();
      try {
        const { call: asked, ...rest } = await plan(dependencies, run, call, earlier);
        const runsOn = endsNested && call.kind === 'workflow';
        planned.push({ call: { ...asked, ...(runsOn ? { runsOn } : {}) }, ...rest });
      } catch (error) {
        if (!(error instanceof EverturnError) || error.retryable) throw error;
        refused.push({ id: call.id, outcome: 'refused', code: error.code, reason: error.message });
      }
    }
    await store.calls.put(
      runId,
      (await withResults(dependencies, planned)).map(({ call }) => call),
    );
    store.wakeRun(runId);
    return content(runId, [...(await outcomesOf(dependencies, runId, planned)), ...refused]);
  };
