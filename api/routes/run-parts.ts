import { EverturnError } from '../../contracts/errors.ts';
import { stepWorkflowId } from '../../contracts/ids.ts';
import { RunOutput, RunSource } from '../../contracts/run-detail.ts';
import { ItemPage, ItemQuery, NodeResult, type RunNode } from '../../contracts/runs.ts';
import { currentSource } from '../../definitions/current-source.ts';
import { hint } from '../../definitions/nearest.ts';
import { viewer } from '../access/guard.ts';
import type { Api, RouteContext } from '../context.ts';
import { findRun, storedRun } from '../services/runs.ts';
import { ArtifactParams, NodeParams, RunParams, StepParams } from './shared.ts';

/** A step that nothing has happened to yet has no row. */
const pending = (runId: string, step: string, kind: RunNode['kind']): RunNode => ({
  key: stepWorkflowId(runId, step),
  step,
  index: null,
  kind,
  status: 'pending',
  attempt: 0,
  total: null,
  chosen: null,
  reusedFrom: null,
  label: null,
  phase: null,
  ordinal: null,
  freshBecause: null,
  code: null,
  reason: null,
  sessionId: null,
  childRun: null,
  usage: null,
  startedAt: null,
  endedAt: null,
});

/** What is read of a run piece by piece: none of it is in its view. */
export const runPartRoutes = (app: Api, { store, definitions, runViews }: RouteContext): void => {
  /** Throws `run_not_found`, `step_not_found`. */
  const declared = async (runId: string, id: string) => {
    const { steps } = await runViews.declaredOf(runId);
    const step = steps.find((other) => other.id === id);
    if (step) return step;
    throw new EverturnError('step_not_found', `Cannot read step ${id}: run ${runId} has no such step`);
  };

  app.get(
    '/api/runs/:id/definition',
    { config: viewer, schema: { params: RunParams, response: { 200: RunSource } } },
    async ({ params }) => {
      const { name, source, file, origin, input } = await storedRun(store, params.id);
      return { source, file, origin, input, current: currentSource(definitions, name, file) };
    },
  );

  app.get(
    '/api/runs/:id/output',
    { config: viewer, schema: { params: RunParams, response: { 200: RunOutput } } },
    async ({ params }) => {
      await findRun(store, params.id);
      return { output: (await store.runs.output(params.id))?.output ?? null };
    },
  );

  app.get(
    '/api/runs/:id/steps/:step',
    { config: viewer, schema: { params: StepParams, response: { 200: NodeResult } } },
    async ({ params: { id, step } }) => {
      const result = await store.nodes.result({ runId: id, step, index: null });
      // A script declares no steps: what it asked of each is kept with the call.
      const call = result && (await store.calls.find(id, step));
      if (call) return { ...result, item: call.params };
      const { kind } = await declared(id, step);
      return result ?? { node: pending(id, step, kind), output: null, item: null };
    },
  );

  app.get(
    '/api/runs/:id/steps/:step/items',
    { config: viewer, schema: { params: StepParams, querystring: ItemQuery, response: { 200: ItemPage } } },
    async ({ params: { id, step }, query }) => {
      await declared(id, step);
      const found = await store.nodes.items(id, step, { ...query, limit: query.limit + 1 });
      const items = found.slice(0, query.limit);
      return { items, nextIndex: found[query.limit]?.index ?? null };
    },
  );

  app.get(
    '/api/runs/:id/steps/:step/items/:index',
    { config: viewer, schema: { params: NodeParams, response: { 200: NodeResult } } },
    async ({ params: { id, step, index } }) => {
      await declared(id, step);
      const result = await store.nodes.result({ runId: id, step, index });
      if (result) return result;
      throw new EverturnError(
        'step_not_found',
        `Cannot read item ${index}: step ${step} of run ${id} has no such item`,
      );
    },
  );

  // A file written by a flow is for download, never a page of ours.
  app.get(
    '/api/runs/:id/artifacts/:name',
    { config: viewer, schema: { params: ArtifactParams } },
    async ({ params }, reply) => {
      await findRun(store, params.id);
      const artifact = await store.artifacts.read(params.id, params.name);
      if (!artifact) {
        const names = (await store.artifacts.list(params.id)).map(({ name }) => name);
        throw new EverturnError(
          'artifact_not_found',
          `Cannot read ${params.name}: run ${params.id} has no such file${hint(params.name, names)}`,
        );
      }
      const { name, mediaType, bytes, hash } = artifact;
      return reply
        .header('content-type', mediaType)
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('etag', `"${hash}"`)
        .send(bytes);
    },
  );
};
