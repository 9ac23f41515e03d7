import type { Call, StepResult } from '../../contracts/activities.ts';
import type { ChunkBody, PlacedChunk, ToolCallBody } from '../../contracts/chunks.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import { toRequest } from '../../contracts/request.ts';
import type { Operation, Seal } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Place } from '../model/chain.ts';
import type { ModelReply } from '../model/client.ts';
import { hashPrefixes } from '../model/prefix.ts';
import { toolDefinitions } from '../tools/registry.ts';
import type { SessionAgent } from './agent.ts';
import type { Attempt } from './attempt.ts';
import { errorOf, isCall, runWithin, toApprovals, toCalls, toChunks } from './calls.ts';
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
  place: Place;
  agent: SessionAgent;
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
    const { operation, context, place, agent, move } = asked;
    const { turn, step } = operation;
    const { previous, definition } = context;
    const before = [...(move.say ? [move.say] : []), ...place.changes];
    const model = models.get(place.model);
    const messages = toRequest(agent.system, withSaid(asked), model.rules);
    const offered = toolDefinitions(move.offersTools ? agent.tools : []);
    const { head, last, at, characters } = hashPrefixes(messages, offered, previous ? [previous.messages] : []);
    const attributes = (reply: Pick<ModelReply, 'usage' | 'timeToFirstTokenMs'>) => ({
      model: model.name,
      messages: messages.length,
      characters,
      timeToFirstTokenMs: reply.timeToFirstTokenMs,
      usage: reply.usage,
      prefix: { head, last, previous: previous?.last ?? null, extends: !previous || at[0] === previous.last },
    });

    const received = new Map<number, DeltaPart>();
    const stream = deltas.open({ operation, fence }, supersede);
    try {
      const reply = await model.stream({
        messages,
        tools: offered,
        signal,
        hold,
        effort: definition?.effort,
        callIdPrefix: `call_${turn}_${step}`,
        onDelta: (parts) => {
          for (const part of parts) {
            const grown = received.get(part.ordinal);
            if (grown) grown.text += part.text;
            else received.set(part.ordinal, { ...part });
          }
          stream.add(parts);
        },
      });
      const isAttended = context.runId === null && !context.isSubagent;
      const end = endOfReply(reply, { model: model.name, isAttended, isLast: move.isLast, stepsPerTurn });
      const bodies = end.bodies.filter(isCall);
      const calls = toCalls(bodies, agent);
      const usage: ChunkBody[] = reply.usage ? [{ kind: 'usage', model: model.name, usage: reply.usage }] : [];
      return {
        result: resultOf(end.how, calls),
        bodies,
        chunks: toChunks([...end.bodies, ...usage], before, [
          ...end.after,
          ...(typeof end.how === 'object' ? [errorOf(end.how.failed)] : []),
        ]),
        approvals: toApprovals(calls, bodies),
        calls: runWithin(calls, agent) ? begunWithin(calls, bodies) : [],
        span: { status: 'ok', attributes: attributes(reply) },
        ...(end.how === 'calls' || end.how === 'again' ? {} : { settle: end.how }),
      };
    } catch (error) {
      if (!signal.aborted) throw error;
      return {
        result: { outcome: 'finished' } satisfies StepResult,
        bodies: [],
        chunks: toChunks(partialReply([...received.values()]), before),
        span: { status: 'cancelled', attributes: attributes({ usage: null, timeToFirstTokenMs: null }) },
      };
    } finally {
      await stream.stop();
    }
  };
