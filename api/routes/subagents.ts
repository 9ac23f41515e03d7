import { SentMessage } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { turnId } from '../../contracts/ids.ts';
import { SendToSubagent, SubagentDetail, SubagentPage, SubagentQuery } from '../../contracts/subagents.ts';
import type { Store } from '../../store/store.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { unlessAway } from '../services/delivery.ts';
import { IdempotencyHeader, SubagentParams } from './shared.ts';

const find = async (store: Store, id: string): Promise<SubagentDetail> => {
  const subagent = await store.subagents.find(id);
  if (subagent) return subagent;
  throw new EverturnError(
    'subagent_not_found',
    `Cannot find background agent ${id}: no background agent has this id. List background agents with "npx everturn subagents" (GET /api/subagents)`,
  );
};

const hasEnded = ({ id, status }: SubagentDetail, doing: string, instead: string): EverturnError =>
  new EverturnError('subagent_ended', `Cannot ${doing} background agent ${id}: it is ${status}. ${instead}`);

export const subagentRoutes = (app: Api, { store, delivery, gateway }: ApiContext): void => {
  app.get(
    '/api/subagents',
    { config: viewer, schema: { querystring: SubagentQuery, response: { 200: SubagentPage } } },
    async ({ query }) => store.subagents.list(query),
  );

  app.get(
    '/api/subagents/:id',
    { config: viewer, schema: { params: SubagentParams, response: { 200: SubagentDetail } } },
    async ({ params }) => find(store, params.id),
  );

  app.post(
    '/api/subagents/:id/cancel',
    { config: acts('subagent.cancel'), schema: { params: SubagentParams, response: { 202: SubagentDetail } } },
    async (request, reply) => {
      const { id } = request.params;
      const subagent = await find(store, id);
      const isAsked = await store.act(
        actOf(request, id),
        ({ subagents }) => subagents.cancel(id),
        (asked) => asked,
      );
      if (!isAsked) {
        throw hasEnded(await find(store, id), 'cancel', 'Its last state is kept');
      }
      store.wake(subagent.parentSessionId);
      await unlessAway(gateway.notifySubagent(id, 'cancel'));
      return reply.code(202).send(await find(store, id));
    },
  );

  app.post(
    '/api/subagents/:id/retry',
    { config: acts('subagent.retry'), schema: { params: SubagentParams, response: { 202: SubagentDetail } } },
    async (request, reply) => {
      const { id } = request.params;
      const { parentSessionId } = await find(store, id);
      const { id: next, outcome } = await store.act(
        actOf(request, id),
        ({ subagents }) => subagents.retry(id),
        (retried) => retried.outcome === 'retried',
      );
      if (outcome !== 'retried') {
        const why = outcome === 'deleted' ? 'its session, or that of its parent, was deleted' : `it is ${outcome}`;
        throw new EverturnError(
          'subagent_not_retried',
          `Cannot retry background agent ${id}: ${why}. One that failed, crashed or was cancelled can be retried`,
        );
      }
      store.wake(parentSessionId);
      await unlessAway(gateway.startSubagent({ id: next, parentSessionId }));
      return reply.code(202).send(await find(store, next));
    },
  );

  app.post(
    '/api/subagents/:id/messages',
    {
      config: acts('subagent.send'),
      schema: {
        params: SubagentParams,
        headers: IdempotencyHeader,
        body: SendToSubagent,
        response: { 202: SentMessage },
      },
    },
    async (request, reply) => {
      const { headers, body } = request;
      const { id } = request.params;
      const subagent = await find(store, id);
      const messageId = idFor('m', `subagent ${id}`, headers['idempotency-key']);
      const by = actOf(request, id, { detail: { messageId }, key: `subagent.send ${messageId}` });
      const isSent =
        subagent.sessionId !== null &&
        (await store.act(
          by,
          ({ subagents }) => subagents.send(id, messageId, body.text),
          (sent) => sent,
        ));
      if (!isSent || subagent.sessionId === null) {
        const instead = `Its parent would not see the answer: continue in its session with POST /api/sessions/${subagent.sessionId ?? 'ID'}/messages`;
        throw hasEnded(await find(store, id), 'send to', instead);
      }
      // The same key and text return the stored message; another text is refused.
      const { sessionId } = subagent;
      const turn = await delivery.message({ id: messageId, sessionId, text: body.text, whenBusy: 'enqueue' });
      return reply.code(202).send({ messageId, turnId: turn === null ? null : turnId(sessionId, turn) });
    },
  );
};
