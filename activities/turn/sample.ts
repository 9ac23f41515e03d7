import type { WireMessage } from '../../contracts/request.ts';
import type { UsageBody } from '../../contracts/usage-chunk.ts';
import type { Operation } from '../../store/operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { placeIn } from '../model/chain.ts';
import { countUsage, estimateUsage } from '../model/estimate.ts';
import { measure } from '../model/note-request.ts';
import { createRequestNotes } from '../model/request-notes.ts';
import type { Sampled, SampleRequest } from '../tools/asker.ts';
import { failed } from '../tools/failed.ts';
import type { Attempt } from './attempt.ts';
import { budgetSpent } from './budget.ts';

const maxRequests = 20;

export type SampleUsage = readonly UsageBody[];

type Options = { operation: Operation; attempt: Attempt };

const messagesOf = ({ system, messages }: SampleRequest): WireMessage[] => [
  ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
  ...messages.map(({ role, text }) => ({ role, content: text })),
];

/** Requests to the session's model that are not part of its conversation. */
export const createSample = (dependencies: Dependencies, { operation, attempt }: Options) => {
  const { store, models, turnLimits } = dependencies;
  const notes = createRequestNotes();
  let requests = 0;

  return {
    usage: (): SampleUsage => notes.pairs(),

    /** Throws `tool_failed` and `model_*`. */
    async ask(request: SampleRequest, signal: AbortSignal): Promise<Sampled> {
      requests += 1;
      if (requests > maxRequests) throw failed(`a call may ask the model ${maxRequests} times`);
      const { sessionId, turn, step } = operation;
      const context = await store.requests.step(sessionId, turn, step, Number.MAX_SAFE_INTEGER);
      if (!context) throw failed('the session is gone');
      if (context.isDirect) throw failed('this call was made by a script, without a model');
      const spent = await budgetSpent(store, { operation, context }, turnLimits);
      if (spent) throw failed(spent.body.text);
      const place = placeIn(context, models.clients, operation);
      if (place.model === null) throw failed('every key of its models is marked at the moment');
      const client = models.get(place.model);
      const { key, facts } = models.about(client.name);
      const price = facts.price?.value;
      const messages = messagesOf(request);
      const tokens = Math.round(measure(client.encode({ messages, tools: [] })));
      notes.note({ messages: messages.length, tokens, model: client.name, key, purpose: 'sampling' });
      const either = AbortSignal.any([attempt.signal, signal]);
      let isSent = false;
      try {
        const reply = await client.stream({
          messages,
          tools: [],
          signal: either,
          hold: async () => {
            await attempt.hold();
            isSent = true;
          },
          onDelta: () => undefined,
          maxReply: request.maxTokens,
        });
        notes.report(countUsage(reply.usage, { inputTokens: tokens, bodies: reply.bodies, price }));
        const text = reply.bodies.map((body) => (body.kind === 'text' ? body.text : '')).join('');
        return { model: client.model, text, isCut: reply.finishReason === 'length' };
      } catch (error) {
        if (either.aborted && isSent) notes.report(estimateUsage(tokens, [], price));
        else notes.forget();
        throw error;
      }
    },
  };
};
