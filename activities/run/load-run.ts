import type { Loaded, RunActivities } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { toGraph, withoutQuick } from '../../contracts/graph.ts';
import type { RunDependencies } from './run-dependencies.ts';

export const createLoadRun =
  ({ store, quickSteps }: RunDependencies): RunActivities['loadRun'] =>
  async ({ runId }): Promise<Loaded> => {
    const run = await store.runs.stored(runId);
    if (run?.status !== 'running' || run.kind !== 'flow') return { outcome: 'ended' };
    await store.runs.acknowledge(runId);
    const graph = toGraph(run.definition.flow);
    return { outcome: 'loaded', graph: quickSteps ? graph : withoutQuick(graph), paused: run.paused, name: run.name };
  };

export const createRecordUnrun =
  ({ store, runs }: RunDependencies): RunActivities['recordUnrun'] =>
  async ({ runId, unrun }) => {
    const known = await runs.get(runId).catch((error: unknown) => {
      if (error instanceof EverturnError && error.code === 'run_not_found') return null;
      throw error;
    });
    if (!known) return;
    const why = { skipped: 'did not complete', excluded: 'did not take its branch', cancelled: 'ended without it' };
    const kinds = new Map(known.flow?.steps.map(({ id, kind }) => [id, kind]));
    const nodes = unrun.map(({ step, status, because }) => ({
      step,
      kind: kinds.get(step) ?? 'code',
      status,
      reason: because.filter(Boolean).length > 0 ? `${because.join(', ')} ${why[status]}` : 'The run was stopped',
    }));
    await store.nodes.putUnrun(runId, nodes);
    store.wakeRun(runId);
  };
