import { EverturnError } from '../../contracts/errors.ts';
import type { StoredFlowRun } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { createKnownScript } from '../script/known-script.ts';
import type { KnownResult, KnownRun } from './known-run.ts';

/** Runs kept in memory; the one used least lately goes first. */
const capacity = 20;

const createKnownFlow = (store: Store, run: StoredFlowRun): KnownRun => {
  const steps = new Map(run.definition.flow.steps.map((step) => [step.id, { step, call: null }]));
  const ended = new Map<string, KnownResult>();
  const lines = new Map<string, string[]>();

  const before = (id: string): string[] => {
    const { flow } = run.definition;
    const members = (group: string) =>
      flow.steps.filter((step) => 'batch' in step && step.batch === group).map((step) => step.id);
    const switches = flow.steps.flatMap((step) =>
      step.kind === 'switch' && [...step.cases.map(({ steps }) => steps), step.default ?? []].flat().includes(id)
        ? [step.id]
        : [],
    );
    const needs = steps.get(id)?.step.needs ?? [];
    return [...needs.flatMap((need) => (need in flow.batches ? members(need) : [need])), ...switches];
  };

  const ancestors = (id: string): readonly string[] => {
    const known = lines.get(id);
    if (known) return known;
    const found = new Set<string>();
    const queue = before(id);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...before(next));
    }
    const line = [...found];
    lines.set(id, line);
    return line;
  };

  return {
    run,
    agents: run.definition.agents,
    flow: run.definition.flow,
    async step(id) {
      const found = steps.get(id);
      if (!found)
        throw new EverturnError('step_not_found', `Cannot run step ${id} of run ${run.id}: the run has no such step`);
      return found;
    },
    ancestors,
    async results(steps) {
      const missing = steps.filter((step) => !ended.has(step));
      if (missing.length > 0) {
        for (const [step, result] of await store.nodes.results(run.id, missing)) ended.set(step, result);
      }
      return new Map(
        steps.flatMap((step) => (ended.has(step) ? [[step, ended.get(step) as KnownResult] as const] : [])),
      );
    },
  };
};

export const createRunCache = (store: Store) => {
  const known = new Map<string, KnownRun>();
  return {
    /** Throws `run_not_found` when it was deleted. */
    async get(id: string): Promise<KnownRun> {
      const found = known.get(id);
      known.delete(id);
      const run = found ?? (await load(id));
      known.set(id, run);
      for (const oldest of known.keys()) {
        if (known.size <= capacity) break;
        known.delete(oldest);
      }
      return run;
    },
  };

  async function load(id: string): Promise<KnownRun> {
    const run = await store.runs.stored(id);
    if (!run) throw new EverturnError('run_not_found', `Cannot continue run ${id}: it was deleted`);
    return run.kind === 'flow' ? createKnownFlow(store, run) : createKnownScript(store, run);
  }
};

export type RunCache = ReturnType<typeof createRunCache>;
