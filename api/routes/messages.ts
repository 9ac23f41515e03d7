import { SendMessage, SentMessage } from '../../contracts/api.ts';
import { turnId } from '../../contracts/ids.ts';
import { acts } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

export const messageRoutes = (app: Api, { delivery }: ApiContext): void => {
  app.post(
    '/api/sessions/:id/messages',
    {
      config: acts('message.send'),
      schema: { params: SessionParams, headers: IdempotencyHeader, body: SendMessage, response: { 202: SentMessage } },
    },
    async (request, reply) => {
      const { params, headers, body } = request;
      const id = idFor('m', `message ${params.id}`, headers['idempotency-key']);
      const turn = await delivery.message(
        { id, sessionId: params.id, ...body },
        { by: actOf(request, params.id, { detail: { messageId: id }, key: `message.send ${id}` }) },
      );
      return reply.code(202).send({ messageId: id, turnId: turn === null ? null : turnId(params.id, turn) });
    },
  );
};
