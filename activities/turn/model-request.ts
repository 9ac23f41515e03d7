import type { Call, StepResult } from '../../contracts/activities.ts';
import type { ChunkBody, PlacedChunk, ToolCallBody } from '../../contracts/chunks.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import { toRequest } from '../../contracts/request.ts';
import type { Operation, Seal } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Place } from '../model/chain.ts';
import type { ModelReply } from '../model/client.ts';
import { configReload } from '../model/config-news.ts';
import { countUsage, estimateTokens, estimateUsage } from '../model/estimate.ts';
import { hashPrefixes } from '../model/prefix.ts';
import { createRequestNotes } from '../model/request-notes.ts';
import { toolDefinitions } from '../tools/registry.ts';
import type { SessionAgent } from './agent.ts';
import type { Attempt } from './attempt.ts';
import { afterNotices, errorOf, isCall, runWithin, toApprovals, toCalls, toChunks } from './calls.ts';
import { type End, endOfReply } from './ends.ts';
import type { Move } from './guards/decide.ts';

/** What had come when a person cancelled. A call that was not whole is not kept. */
const partialReply = (parts: readonly DeltaPart[]): ChunkBody[] =>
  parts
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .flatMap(({ kind, text }): ChunkBody[] => {
      if (kind === 'text') return [{ kind, role: 'assistant', text }];
      return kind === 'thinking' ? [{ kind, text }] : [];
    });

const begunWithin = (calls: readonly Call[], bodies: readonly ToolCallBody[]): Seal['calls'] =>
  calls.flatMap(({ call }) => {
    const body = bodies[call];
    return body ? [{ call, callId: body.callId, tool: body.tool }] : [];
  });

export type Request = {
  operation: Operation;
  context: StepContext;
  /** The model to ask, and what a reader is told before its reply. */
  place: Pick<Place, 'notices' | 'isFallback'> & { model: string };
  agent: SessionAgent;
  /** The newest change of everturn.yaml that the session has been told of with this request. */
  configId: number;
  move: Extract<Move, { kind: 'ask' }>;
};

/** The transcript with what this step says before its reply. */
const withSaid = ({ operation, context: { transcript }, move }: Request): readonly PlacedChunk[] => {
  if (!move.say) return transcript;
  const { turn, step } = operation;
  return [...transcript, { seq: (transcript.at(-1)?.seq ?? 0) + 1, turn, step, ordinal: 0, body: move.say }];
};

const resultOf = (how: End['how'], calls: Call[]): StepResult => {
  if (how === 'calls' || how === 'again') return { outcome: 'tools', calls };
  return { outcome: 'finished', ...(typeof how === 'object' ? { code: how.failed } : {}) };
};

/** One model request: streamed to the event log as it comes, sealed as a whole at its end. */
export const createModelRequest =
  ({ models, deltas, turnLimits: { stepsPerTurn } }: Dependencies) =>
  async (
    asked: Request,
    { fence, signal, hold, supersede }: Attempt,
  ): Promise<Omit<Seal, 'fence'> & { bodies: ToolCallBody[] }> => {
    const { operation, context, place, agent, configId, move } = asked;
    const { turn, step } = operation;
    const { previous, definition } = context;
    const before = [...place.notices, ...(move.say ? [move.say] : [])];
    const model = models.get(place.model);
    const messages = toRequest(agent.system, withSaid(asked), model.rules);
    const offered = toolDefinitions(move.offersTools ? agent.tools : []);
    const { key, facts } = models.about(place.model);
    const price = facts.price?.value;
    const noted = { messages: messages.length, tokens: estimateTokens([messages, offered]) };
    const notes = createRequestNotes();
    notes.note({ ...noted, model: model.name, key });
    const { head, last, at, characters } = hashPrefixes(messages, offered, previous ? [previous.messages] : []);
    const attributes = (reply: Pick<ModelReply, 'usage' | 'timeToFirstTokenMs'>) => ({
      model: model.name,
      messages: messages.length,
      characters,
      timeToFirstTokenMs: reply.timeToFirstTokenMs,
      usage: reply.usage,
      ...(place.isFallback ? { isFallback: true } : {}),
      config: configId,
      prefix: { head, last, previous: previous?.last ?? null, extends: !previous || at[0] === previous.last },
    });

    let isSent = false;
    const received = new Map<number, DeltaPart>();
    const stream = deltas.open({ operation, fence }, supersede);
    try {
      const reply = await model.stream({
        messages,
        tools: offered,
        signal,
        hold: async () => {
          await hold();
          isSent = true;
        },
        effort: definition?.effort,
        callIdPrefix: `call_${turn}_${step}`,
        onDelta: (parts) => {
          for (const part of parts) {
            const grown = received.get(part.ordinal);
            if (grown) grown.text += part.text;
            else received.set(part.ordinal, { ...part });
          }
          stream.add(afterNotices(parts, before));
        },
      });
      const isAttended = context.runId === null && !context.isSubagent;
      const end = endOfReply(reply, { model: model.name, isAttended, isLast: move.isLast, stepsPerTurn });
      const bodies = end.bodies.filter(isCall);
      const calls = toCalls(bodies, agent);
      const usage = countUsage(reply.usage, { inputTokens: noted.tokens, bodies: reply.bodies, price });
      notes.report(usage);
      return {
        result: resultOf(end.how, calls),
        bodies,
        chunks: toChunks([...end.bodies, ...notes.drain()], before, [
          ...end.after,
          ...(typeof end.how === 'object' ? [errorOf(end.how.failed)] : []),
        ]),
        approvals: toApprovals(calls, bodies),
        calls: runWithin(calls, agent) ? begunWithin(calls, bodies) : [],
        span: { status: 'ok', attributes: attributes({ ...reply, usage }) },
        ...(end.how === 'calls' || end.how === 'again' ? {} : { settle: end.how }),
      };
    } catch (error) {
      if (!signal.aborted) throw error;
      const partial = partialReply([...received.values()]);
      // The provider counts what it was asked and has written, though it had no chance to say so.
      if (isSent) notes.report(estimateUsage(noted.tokens, partial, price));
      return {
        result: { outcome: 'finished' } satisfies StepResult,
        bodies: [],
        chunks: toChunks(
          [...partial, ...notes.drain()],
          // The next request tells of the configuration.
          before.filter(({ label }) => label !== configReload),
        ),
        span: { status: 'cancelled', attributes: attributes({ usage: null, timeToFirstTokenMs: null }) },
      };
    } finally {
      await stream.stop();
    }
  };
