import { z } from 'zod';
import {
  CancelledTurn,
  CreateSession,
  ForkSession,
  Session,
  SessionPage,
  SessionQuery,
  SessionSnapshot,
  UpdateSession,
} from '../../contracts/api.ts';
import { turnId } from '../../contracts/ids.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { unlessAway } from '../services/delivery.ts';
import { createSessionService, findSession } from '../services/sessions.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

export const sessionRoutes = (app: Api, { store, gateway, delivery, about, definitions, models }: ApiContext): void => {
  const create = createSessionService({ store, about, definitions, models });

  app.post(
    '/api/sessions',
    { schema: { body: CreateSession, headers: IdempotencyHeader, response: { 201: Session } } },
    async ({ body, headers }, reply) => {
      const id = idFor('s', 'session', headers['idempotency-key']);
      return reply.code(201).send(await create(id, body));
    },
  );

  app.get(
    '/api/sessions',
    { schema: { querystring: SessionQuery, response: { 200: SessionPage } } },
    async ({ query }) => store.sessions.list(query),
  );

  app.get(
    '/api/sessions/:id',
    { schema: { params: SessionParams, response: { 200: SessionSnapshot } } },
    async ({ params }) => ({
      session: await findSession(store, params.id),
      view: await store.view(params.id),
    }),
  );

  app.patch(
    '/api/sessions/:id',
    { schema: { params: SessionParams, body: UpdateSession, response: { 200: Session } } },
    async ({ params, body }) => {
      await findSession(store, params.id);
      await store.sessions.rename(params.id, body.title);
      store.wake(params.id);
      return await findSession(store, params.id);
    },
  );

  app.delete(
    '/api/sessions/:id',
    { schema: { params: SessionParams, response: { 204: z.null() } } },
    async ({ params }, reply) => {
      await findSession(store, params.id);
      const running = await store.sessions.remove(params.id);
      store.wake(params.id);
      if (running !== null) await unlessAway(gateway.cancelTurn(running));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/sessions/:id/fork',
    { schema: { params: SessionParams, body: ForkSession, headers: IdempotencyHeader, response: { 201: Session } } },
    async ({ params, body, headers }, reply) => {
      const { title } = await findSession(store, params.id);
      const id = idFor('s', `fork ${params.id}`, headers['idempotency-key']);
      await store.sessions.fork(params.id, id, { turn: body.turn ?? null, title: body.title ?? `${title} (fork)` });
      store.wake(id);
      return reply.code(201).send(await findSession(store, id));
    },
  );

  app.post(
    '/api/sessions/:id/cancel',
    { schema: { params: SessionParams, response: { 200: CancelledTurn } } },
    async ({ params }) => {
      await findSession(store, params.id);
      const turn = await delivery.cancel(params.id);
      return { turnId: turn === null ? null : turnId(params.id, turn) };
    },
  );
};
