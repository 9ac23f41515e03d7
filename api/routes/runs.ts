import { z } from 'zod';
import { RunDetail } from '../../contracts/run-detail.ts';
import { Run, RunPage, RunQuery, StartRun } from '../../contracts/runs.ts';
import type { Api, RouteContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { removeRun } from '../services/remove-run.ts';
import { resolveWorkspace } from '../workspace.ts';
import { IdempotencyHeader, RunParams, runBodyLimit } from './shared.ts';

export const runRoutes = (app: Api, { store, gateway, delivery, about, starts, runViews }: RouteContext): void => {
  app.post(
    '/api/runs',
    { bodyLimit: runBodyLimit, schema: { body: StartRun, headers: IdempotencyHeader, response: { 201: Run } } },
    async ({ body, headers }, reply) => {
      const run = {
        id: idFor('r', 'run', headers['idempotency-key']),
        workspace: await resolveWorkspace(body.workspace ?? about.workspace, about.workspace),
        allow: body.allow,
        trigger: 'manual' as const,
      };
      const started =
        'flow' in body
          ? await starts.startFlow(body.flow, body.input, run)
          : await starts.startScript(body.script, body.args, {
              ...run,
              budget: body.budget,
              concurrency: body.concurrency,
            });
      return reply.code(201).send(started);
    },
  );

  app.get(
    '/api/runs',
    { schema: { querystring: RunQuery, response: { 200: RunPage } } },
    async ({ query }) => await store.runs.list(query),
  );

  app.get(
    '/api/runs/:id',
    { schema: { params: RunParams, response: { 200: RunDetail } } },
    async ({ params }) => await runViews.read(params.id),
  );

  app.delete(
    '/api/runs/:id',
    { schema: { params: RunParams, response: { 204: z.null() } } },
    async ({ params }, reply) => {
      await removeRun({ store, gateway, delivery }, params.id);
      return reply.code(204).send(null);
    },
  );
};
