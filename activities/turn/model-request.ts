import type { Call, StepResult } from '../../contracts/activities.ts';
import type { ChunkBody, ToolCallBody } from '../../contracts/chunks.ts';
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
import { isCall, runWithin, toApprovals, toCalls, toChunks } from './calls.ts';

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

export type Request = { operation: Operation; context: StepContext; place: Place; agent: SessionAgent };

/** One model request: streamed to the event log as it comes, sealed as a whole at its end. */
export const createModelRequest =
  ({ models, deltas }: Dependencies) =>
  async (
    { operation, context, place, agent }: Request,
    { fence, signal, hold, supersede }: Attempt,
  ): Promise<Omit<Seal, 'fence'> & { bodies: ToolCallBody[] }> => {
    const { turn, step } = operation;
    const { previous, transcript, definition } = context;
    const model = models.get(place.model);
    const messages = toRequest(agent.system, transcript, model.rules);
    const offered = toolDefinitions(agent.tools);
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
            const before = received.get(part.ordinal);
            if (before) before.text += part.text;
            else received.set(part.ordinal, { ...part });
          }
          stream.add(parts);
        },
      });
      const bodies = reply.bodies.filter(isCall);
      const calls = toCalls(bodies, agent);
      const hasCalls = calls.length > 0;
      const result: StepResult = hasCalls ? { outcome: 'tools', calls } : { outcome: 'finished' };
      const usage: ChunkBody[] = reply.usage ? [{ kind: 'usage', model: model.name, usage: reply.usage }] : [];
      return {
        result,
        bodies,
        chunks: toChunks([...reply.bodies, ...usage], place.changes),
        approvals: toApprovals(calls, bodies),
        calls: runWithin(calls, agent) ? begunWithin(calls, bodies) : [],
        span: { status: 'ok', attributes: attributes(reply) },
        ...(hasCalls ? {} : { settle: 'completed' as const }),
      };
    } catch (error) {
      if (!signal.aborted) throw error;
      return {
        result: { outcome: 'finished' } satisfies StepResult,
        bodies: [],
        chunks: toChunks(partialReply([...received.values()]), place.changes),
        span: { status: 'cancelled', attributes: attributes({ usage: null, timeToFirstTokenMs: null }) },
      };
    } finally {
      await stream.stop();
    }
  };
