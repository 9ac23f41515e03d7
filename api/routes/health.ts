import { z } from 'zod';
import { Health } from '../../contracts/api.ts';
import { administers, open, viewer } from '../access/guard.ts';
import { actOf, principalOf } from '../access/principal.ts';
import type { Api, RouteContext } from '../context.ts';
import { isReachable } from '../services/model-health.ts';

/** `model=true`: the address of the first model is asked too. */
const HealthQuery = z.object({ model: z.enum(['true', 'false']).default('false') });

export const healthRoutes = (app: Api, { store, gateway, about, configured, uiSessions }: RouteContext): void => {
  const look = async (): Promise<Omit<Health, 'user'>> => {
    const workers = await store.workers.alive().catch(() => null);
    const scriptWorkers = await store.workers.alive('scripts').catch(() => 0);
    const temporal = await gateway.isAlive();
    const isWell = workers !== null && workers > 0 && temporal;
    return {
      status: isWell ? 'ok' : 'degraded',
      ...about,
      postgres: workers !== null,
      temporal,
      workers: workers ?? 0,
      scriptWorkers,
    };
  };

  const schema = { querystring: HealthQuery, response: { 200: Health } };
  app.get('/api/health', { config: viewer, schema }, async (request) => {
    const { name, role } = principalOf(request);
    const found = await look();
    const model =
      request.query.model === 'true'
        ? { ...found.model, reachable: await isReachable(configured().modelUrl) }
        : found.model;
    return { ...found, model, user: { name, role } };
  });

  // For the console, whose links to Temporal UI are then answered. Who is in there may end workflows.
  app.post(
    '/api/temporal-ui/session',
    { config: administers('temporal-ui.open'), schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      await store.audit.write(actOf(request, 'temporal-ui'));
      reply.header('set-cookie', uiSessions.cookie(principalOf(request)));
      return reply.code(204).send(null);
    },
  );

  // For load balancers: no token, nothing about the project.
  app.get(
    '/api/ready',
    {
      config: open,
      schema: { response: { 200: z.object({ ready: z.boolean() }), 503: z.object({ ready: z.boolean() }) } },
    },
    async (_request, reply) => {
      const { postgres, temporal } = await look();
      const ready = postgres && temporal;
      return reply.code(ready ? 200 : 503).send({ ready });
    },
  );
};
