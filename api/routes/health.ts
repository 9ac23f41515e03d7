import { z } from 'zod';
import { Health } from '../../contracts/api.ts';
import { open, viewer } from '../access/guard.ts';
import { principalOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

export const healthRoutes = (app: Api, { store, gateway, about }: ApiContext): void => {
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
