import type { SSEMessage } from '@fastify/sse';
import { runOfStream, sessionOfStream, streamOfRun, streamOfSession } from '../../contracts/ids.ts';
import { viewer } from '../access/guard.ts';
import type { Api, RouteContext } from '../context.ts';
import { findRun } from '../services/runs.ts';
import { findSession } from '../services/sessions.ts';
import { EventQuery, sendFollowed } from '../streaming/follow.ts';
import { createWaiter } from '../streaming/waiter.ts';
import { RunParams, SessionParams } from './shared.ts';

export const eventRoutes = (app: Api, { store, listener, reader, runViews }: RouteContext): void => {
  app.get(
    '/api/sessions/:id/events',
    { config: viewer, sse: 'only', schema: { params: SessionParams, querystring: EventQuery } },
    async ({ params: { id }, query }, reply) => {
      await findSession(store, id);
      const followed = {
        stream: streamOfSession(id),
        snapshot: async () => {
          const session = await findSession(store, id);
          const view = await store.view(id);
          return { position: view.position, data: { session, view } };
        },
      };
      await sendFollowed(reply, reader, followed, query);
    },
  );

  app.get(
    '/api/runs/:id/events',
    { config: viewer, sse: 'only', schema: { params: RunParams, querystring: EventQuery } },
    async ({ params: { id }, query }, reply) => {
      await findRun(store, id);
      const followed = {
        stream: streamOfRun(id),
        snapshot: async () => {
          const data = await runViews.read(id);
          return { position: data.position, data };
        },
      };
      await sendFollowed(reply, reader, followed, query);
    },
  );

  // Wake-ups for lists: which session or run changed, nothing more; neither: anything may have. A viewer reads its lists again after a reconnect.
  app.get('/api/events', { config: viewer, sse: 'only' }, async (_request, reply) => {
    const closed = new AbortController();
    reply.sse.onClose(() => closed.abort());
    const waiter = createWaiter(closed.signal);
    const changed = new Set<string | undefined>();
    const unsubscribe = listener.subscribeAll((stream) => {
      changed.add(stream);
      waiter.wake();
    });
    async function* changes(): AsyncGenerator<SSEMessage> {
      while (!closed.signal.aborted) {
        const streams = [...changed];
        changed.clear();
        for (const stream of streams) {
          const data = { sessionId: sessionOfStream(stream ?? ''), runId: runOfStream(stream ?? '') };
          yield { event: 'changed', data };
        }
        await waiter.wait();
      }
    }
    try {
      reply.sse.sendHeaders();
      // On a quiet stack the first message may be long in coming.
      reply.raw.flushHeaders();
      await reply.sse.send(changes());
    } finally {
      unsubscribe();
    }
  });
};
