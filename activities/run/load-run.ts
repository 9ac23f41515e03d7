import type { Loaded, RunActivities, UnrunStep } from '../../contracts/activities.ts';
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
    const kinds = new Map(known.flow?.steps.map(({ id, kind }) => [id, kind]));
    const reasonOf = ({ status, because }: UnrunStep): string => {
      const names = because.filter(Boolean).join(', ');
      if (names === '') return 'The run was stopped';
      if (status === 'skipped') return `${names} did not complete`;
      if (status === 'excluded') return `${names} did not take its branch`;
      return because.some((name) => kinds.has(name))
        ? `The run was stopped: ${names} failed`
        : `${names} ended without it`;
    };
    const nodes = unrun.map((one) => ({
      step: one.step,
      kind: kinds.get(one.step) ?? 'code',
      status: one.status,
      reason: reasonOf(one),
    }));
    await store.nodes.skipSteps(runId, nodes);
    store.wakeRun(runId);
  };
