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
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { createChangeSession } from '../services/change-session.ts';
import { unlessAway } from '../services/delivery.ts';
import { createSessionService, findSession } from '../services/sessions.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

export const sessionRoutes = (
  app: Api,
  { store, gateway, delivery, about, definitions, configured }: ApiContext,
): void => {
  const create = createSessionService({ store, about, definitions, configured });
  const change = createChangeSession({ store, definitions, configured });

  app.post(
    '/api/sessions',
    {
      config: acts('session.create'),
      schema: { body: CreateSession, headers: IdempotencyHeader, response: { 201: Session } },
    },
    async (request, reply) => {
      const { body, headers } = request;
      const id = idFor('s', 'session', headers['idempotency-key']);
      const by = actOf(request, id, { detail: { allow: body.allow }, key: `session.create ${id}` });
      return reply.code(201).send(await create(id, body, by));
    },
  );

  app.get(
    '/api/sessions',
    { config: viewer, schema: { querystring: SessionQuery, response: { 200: SessionPage } } },
    async ({ query }) => store.sessions.list({ ...query, archived: query.archived === 'true' }),
  );

  app.get(
    '/api/sessions/:id',
    { config: viewer, schema: { params: SessionParams, response: { 200: SessionSnapshot } } },
    async ({ params }) => ({
      session: await findSession(store, params.id),
      view: await store.view(params.id),
    }),
  );

  app.patch(
    '/api/sessions/:id',
    {
      config: acts('session.change'),
      schema: { params: SessionParams, body: UpdateSession, response: { 200: Session } },
    },
    async (request) => {
      const { params, body } = request;
      return await change(await findSession(store, params.id), body, actOf(request, params.id));
    },
  );

  app.delete(
    '/api/sessions/:id',
    { config: acts('session.delete'), schema: { params: SessionParams, response: { 204: z.null() } } },
    async (request, reply) => {
      const { params } = request;
      await findSession(store, params.id);
      const running = await store.act(actOf(request, params.id), ({ sessions }) => sessions.remove(params.id));
      store.wake(params.id);
      if (running !== null) await unlessAway(gateway.cancelTurn(running));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/sessions/:id/fork',
    {
      config: acts('session.fork'),
      schema: { params: SessionParams, body: ForkSession, headers: IdempotencyHeader, response: { 201: Session } },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const { title } = await findSession(store, params.id);
      const id = idFor('s', `fork ${params.id}`, headers['idempotency-key']);
      const by = actOf(request, params.id, { detail: { to: id }, key: `session.fork ${id}` });
      await store.act(by, ({ sessions }) =>
        sessions.fork(params.id, id, { turn: body.turn ?? null, title: body.title ?? `${title} (fork)` }),
      );
      store.wake(id);
      return reply.code(201).send(await findSession(store, id));
    },
  );

  app.post(
    '/api/sessions/:id/cancel',
    { config: acts('turn.cancel'), schema: { params: SessionParams, response: { 200: CancelledTurn } } },
    async (request) => {
      const { params } = request;
      await findSession(store, params.id);
      const turn = await delivery.cancel(params.id, actOf(request, params.id));
      return { turnId: turn === null ? null : turnId(params.id, turn) };
    },
  );
};
