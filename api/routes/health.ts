import { z } from 'zod';
import { Health } from '../../contracts/api.ts';
import type { Api, ApiContext } from '../context.ts';

export const healthRoutes = (app: Api, { store, gateway, about }: ApiContext): void => {
  const look = async (): Promise<Health> => {
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

  app.get('/api/health', { schema: { response: { 200: Health } } }, look);

  // For load balancers: no token, nothing about the project.
  app.get(
    '/api/ready',
    {
      schema: { response: { 200: z.object({ ready: z.boolean() }), 503: z.object({ ready: z.boolean() }) } },
    },
    async (_request, reply) => {
      const { postgres, temporal } = await look();
      const ready = postgres && temporal;
      return reply.code(ready ? 200 : 503).send({ ready });
    },
  );
};
