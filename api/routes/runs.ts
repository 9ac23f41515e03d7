import { z } from 'zod';
import { toMs } from '../../contracts/duration.ts';
import { RunDetail } from '../../contracts/run-detail.ts';
import { runReuse } from '../../contracts/run-reuse.ts';
import { Run, RunPage, RunQuery, StartRun } from '../../contracts/runs.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, RouteContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { removeRun } from '../services/remove-run.ts';
import { resolveWorkspace } from '../workspace.ts';
import { IdempotencyHeader, RunParams, runBodyLimit } from './shared.ts';

export const runRoutes = (
  app: Api,
  { store, gateway, delivery, about, starts, runViews, configured }: RouteContext,
): void => {
  app.post(
    '/api/runs',
    {
      config: acts('run.start'),
      bodyLimit: runBodyLimit,
      schema: { body: StartRun, headers: IdempotencyHeader, response: { 201: Run } },
    },
    async (request, reply) => {
      const { body, headers } = request;
      const id = idFor('r', 'run', headers['idempotency-key']);
      const name = 'flow' in body ? { flow: body.flow } : { script: body.script };
      const run = {
        id,
        workspace: await resolveWorkspace(body.workspace ?? about.workspace, about.workspace),
        allow: body.allow,
        trigger: 'manual' as const,
        by: actOf(request, id, { detail: { ...name, allow: body.allow }, key: `run.start ${id}` }),
      };
      const started =
        'flow' in body
          ? await starts.startFlow(body.flow, body.input, run)
          : await starts.startScript(body.script, body.args, {
              ...run,
              ...configured().runDefaults,
              ...(body.budget === undefined ? {} : { budget: body.budget }),
              ...(body.timeout === undefined ? {} : { timeLimitMs: toMs(body.timeout) }),
              reuse: runReuse(body.reuse),
              concurrency: body.concurrency,
              allowEmpty: body.allowEmpty,
            });
      return reply.code(201).send(started);
    },
  );

  app.get(
    '/api/runs',
    { config: viewer, schema: { querystring: RunQuery, response: { 200: RunPage } } },
    async ({ query }) => await store.runs.list(query),
  );

  app.get(
    '/api/runs/:id',
    { config: viewer, schema: { params: RunParams, response: { 200: RunDetail } } },
    async ({ params }) => await runViews.read(params.id),
  );

  app.delete(
    '/api/runs/:id',
    { config: acts('run.delete'), schema: { params: RunParams, response: { 204: z.null() } } },
    async (request, reply) => {
      await removeRun({ store, gateway, delivery }, actOf(request, request.params.id));
      return reply.code(204).send(null);
    },
  );
};
