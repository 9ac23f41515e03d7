import { SendMessage, SentMessage } from '../../contracts/api.ts';
import { turnId } from '../../contracts/ids.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { unlessAway } from '../services/delivery.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

export const messageRoutes = (app: Api, { store, delivery }: ApiContext): void => {
  app.post(
    '/api/sessions/:id/messages',
    {
      schema: { params: SessionParams, headers: IdempotencyHeader, body: SendMessage, response: { 202: SentMessage } },
    },
    async ({ params, headers, body }, reply) => {
      const id = idFor('m', `message ${params.id}`, headers['idempotency-key']);
      // Committed before anybody is told: from here on the message is not lost, whatever dies.
      const message = await store.messages.accept({ id, sessionId: params.id, ...body });
      store.wake(params.id);
      const isSettled = message.status === 'delivered' && message.turn !== null;
      const turn = isSettled ? message.turn : await unlessAway(delivery.message(message));
      return reply.code(202).send({ messageId: id, turnId: turn === null ? null : turnId(params.id, turn) });
    },
  );
};
