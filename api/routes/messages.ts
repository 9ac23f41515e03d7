import { z } from 'zod';
import { SendMessage, SentMessage } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { turnId } from '../../contracts/ids.ts';
import { acts } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { findSession } from '../services/sessions.ts';
import { IdempotencyHeader, MessageParams, SessionParams } from './shared.ts';

export const messageRoutes = (app: Api, { store, delivery }: ApiContext): void => {
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

  app.delete(
    '/api/sessions/:id/messages/:message',
    { config: acts('message.withdraw'), schema: { params: MessageParams, response: { 204: z.null() } } },
    async (request, reply) => {
      const { id, message } = request.params;
      await findSession(store, id);
      const withdrawn = await store.act(
        actOf(request, id, { detail: { messageId: message } }),
        ({ messages }) => messages.withdraw(id, message),
        (isDone) => isDone === true,
      );
      if (withdrawn === null) {
        throw new EverturnError(
          'message_not_found',
          `Cannot withdraw message ${message}: session ${id} has none of this id. The session lists those that wait`,
        );
      }
      if (!withdrawn) {
        throw new EverturnError(
          'message_taken',
          `Cannot withdraw message ${message}: a turn has taken it, or it was withdrawn before. Cancel the turn instead`,
        );
      }
      store.wake(id);
      return reply.code(204).send(null);
    },
  );
};
