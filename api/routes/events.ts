import type { SSEMessage } from '@fastify/sse';
import { z } from 'zod';
import type { StreamEvent } from '../../contracts/events.ts';
import { runOfStream, sessionOfStream, streamOfSession } from '../../contracts/ids.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { createWaiter } from '../waiter.ts';
import { findSession } from './sessions.ts';
import { SessionParams } from './shared.ts';

/** A reader looks again after so long even when nobody woke it: a lost wake-up only delays. */
const patienceMs = 2000;

const pageSize = 500;

const EventQuery = z.object({ after: z.coerce.number().int().nonnegative().optional() });

const toMessage = (event: StreamEvent): SSEMessage => ({ id: String(event.position), event: 'event', data: event });

export const eventRoutes = (app: Api, { store, listener }: ApiContext): void => {
  /** Everything after a position, and for ever what comes next. */
  async function* tail(sessionId: string, after: number, signal: AbortSignal): AsyncGenerator<SSEMessage> {
    const waiter = createWaiter(signal);
    const unsubscribe = listener.subscribe(streamOfSession(sessionId), waiter.wake);
    try {
      let position = after;
      while (!signal.aborted) {
        const events = await store.streams.read(sessionId, position, pageSize);
        for (const event of events) yield toMessage(event);
        position = events.at(-1)?.position ?? position;
        if (events.length < pageSize) await waiter.wait(patienceMs);
      }
    } finally {
      unsubscribe();
    }
  }

  async function* follow(
    sessionId: string,
    after: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SSEMessage> {
    const isKnown = after !== undefined && after <= (await store.streams.position(sessionId));
    if (isKnown) return yield* tail(sessionId, after, signal);
    const session = await findSession(store, sessionId);
    const view = await store.view(sessionId);
    yield { id: String(view.position), event: 'snapshot', data: { session, view } };
    yield* tail(sessionId, view.position, signal);
  }

  app.get(
    '/api/sessions/:id/events',
    { sse: 'only', schema: { params: SessionParams, querystring: EventQuery } },
    async ({ params, query }, reply) => {
      await findSession(store, params.id);
      const closed = new AbortController();
      reply.sse.onClose(() => closed.abort());
      const last = reply.sse.lastEventId;
      const after = last !== null && /^\d+$/.test(last) ? Number(last) : query.after;
      reply.sse.sendHeaders();
      await reply.sse.send(follow(params.id, after, closed.signal));
    },
  );

  // Wake-ups for lists: which session or run changed, nothing more; neither: anything may have. A viewer reads its lists again after a reconnect.
  app.get('/api/events', { sse: 'only', schema: { hide: true } }, async (_request, reply) => {
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
      await reply.sse.send(changes());
    } finally {
      unsubscribe();
    }
  });
};
