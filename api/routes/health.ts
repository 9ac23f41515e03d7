import { z } from 'zod';
import { Health } from '../../contracts/api.ts';
import { administers, open, viewer } from '../access/guard.ts';
import { actOf, principalOf } from '../access/principal.ts';
import type { Api, RouteContext } from '../context.ts';

export const healthRoutes = (app: Api, { store, gateway, about, uiSessions }: RouteContext): void => {
  const look = async (): Promise<Omit<Health, 'user'>> => {
    const workers = await store.workers.alive().catch(() => null);
    const temporal = await gateway.isAlive();
    const isWell = workers !== null && workers > 0 && temporal;
    return {
      status: isWell ? 'ok' : 'degraded',
      ...about,
      postgres: workers !== null,
      temporal,
      workers: workers ?? 0,
    };
  };

  app.get('/api/health', { config: viewer, schema: { response: { 200: Health } } }, async (request) => {
    const { name, role } = principalOf(request);
    return { ...(await look()), user: { name, role } };
  });

  // For the console, whose links to Temporal UI are then answered. Who is in there may end workflows.
  app.post(
    '/api/temporal-ui/session',
    { config: administers('temporal-ui.open'), schema: { response: { 204: z.null() } } },
    async (request, reply) => {
      await store.audit.write(actOf(request, 'temporal-ui'));
      reply.header('set-cookie', uiSessions.cookie());
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
