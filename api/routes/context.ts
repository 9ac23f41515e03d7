import { CompactedSession, CompactSession, SessionContext } from '../../contracts/api.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { askForCompaction, previewCompaction, readContext } from '../services/context.ts';
import { findSession } from '../services/sessions.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

export const contextRoutes = (app: Api, { store, delivery }: ApiContext): void => {
  app.get(
    '/api/sessions/:id/context',
    { config: viewer, schema: { params: SessionParams, response: { 200: SessionContext } } },
    async ({ params }) => await readContext(store, await findSession(store, params.id)),
  );

  app.post(
    '/api/sessions/:id/compact',
    {
      config: acts('session.compact'),
      schema: {
        params: SessionParams,
        headers: IdempotencyHeader,
        body: CompactSession,
        response: { 200: CompactedSession, 202: CompactedSession },
      },
    },
    async (request, reply) => {
      const { params, headers, body } = request;
      const session = await findSession(store, params.id);
      const wish = { session, kind: body.kind, instructions: body.instructions };
      if (body.dryRun) return reply.code(200).send(await previewCompaction(store, wish));
      const id = idFor('m', `compact ${params.id}`, headers['idempotency-key']);
      const by = actOf(request, params.id, { detail: { kind: body.kind }, key: `session.compact ${id}` });
      return reply.code(202).send(await askForCompaction({ store, delivery }, wish, { id, by }));
    },
  );
};
