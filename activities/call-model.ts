import { ApplicationFailure } from '@temporalio/activity';
import type { Call, CallModelInput, CallModelResult } from '../contracts/activities.ts';
import type { ChunkBody, NewChunk, ToolCallBody } from '../contracts/chunks.ts';
import type { DeltaPart } from '../contracts/events.ts';
import { toRequest } from '../contracts/request.ts';
import type { ToolPermission } from '../contracts/tools.ts';
import type { AskedApproval, Operation, Seal } from '../store/operations.ts';
import { systemPrompt } from './agent.ts';
import { type Attempt, sealed } from './attempt.ts';
import { createBatcher } from './batcher.ts';
import { mergeParts } from './deltas.ts';
import type { Dependencies } from './dependencies.ts';
import type { ModelReply } from './model/client.ts';
import { hashPrefixes } from './model/prefix.ts';
import { argumentsHash, toolDefinitions } from './tools/registry.ts';
import type { Tool } from './tools/tool.ts';

const isCall = (body: ChunkBody): body is ToolCallBody => body.kind === 'tool_call';

const needsApproval = (tool: Tool | undefined, allow: readonly ToolPermission[]): boolean =>
  tool !== undefined && tool.permission !== 'read' && !allow.includes(tool.permission);

/** Labels only: a name the model made up stays in the transcript. A call that cannot run is `pure`, its result an error. */
const toCalls = (bodies: readonly ToolCallBody[], tools: readonly Tool[], allow: readonly ToolPermission[]): Call[] =>
  bodies.map((body, call) => {
    const tool = tools.find(({ name }) => name === body.tool);
    const approval = needsApproval(tool, allow) ? 'pending' : 'none';
    return { call, tool: tool?.name ?? 'unknown', effect: tool?.effect ?? 'pure', approval };
  });

const toApprovals = (calls: readonly Call[], bodies: readonly ToolCallBody[]): AskedApproval[] =>
  calls.flatMap(({ call, approval }) => {
    const body = bodies[call];
    if (approval !== 'pending' || !body) return [];
    return [
      { call, tool: body.tool, arguments: body.arguments, argumentsHash: argumentsHash(body.tool, body.arguments) },
    ];
  });

const toChunks = (bodies: readonly ChunkBody[]): NewChunk[] => bodies.map((body, ordinal) => ({ ordinal, body }));

/** What had come when a person cancelled. A call that was not whole is not kept. */
const partialReply = (parts: readonly DeltaPart[]): ChunkBody[] =>
  mergeParts(parts.toSorted((a, b) => a.ordinal - b.ordinal)).flatMap(({ kind, text }): ChunkBody[] => {
    if (kind === 'text') return [{ kind, role: 'assistant', text }];
    return kind === 'thinking' ? [{ kind, text }] : [];
  });

/** One model request: streamed to the event log as it comes, sealed as a whole at its end. */
export const createCallModel = (dependencies: Dependencies) => {
  const { store, model, tools, stepsPerTurn } = dependencies;
  const offered = toolDefinitions(tools);

  const request = async (operation: Operation, { fence, signal, supersede }: Attempt): Promise<Omit<Seal, 'fence'>> => {
    const { sessionId, turn, step } = operation;
    const [context, transcript] = await Promise.all([
      store.requests.context(sessionId),
      store.chunks.transcript(sessionId),
    ]);
    if (!context) throw new Error(`Session ${sessionId} is gone`);
    const messages = toRequest(systemPrompt(context.workspace), transcript);
    const { previous } = context;
    const { head, last, at, characters } = hashPrefixes(messages, offered, previous ? [previous.messages] : []);
    const attributes = (reply: Pick<ModelReply, 'usage' | 'timeToFirstTokenMs'>) => ({
      model: model.model,
      messages: messages.length,
      characters,
      timeToFirstTokenMs: reply.timeToFirstTokenMs,
      usage: reply.usage,
      prefix: { head, last, previous: previous?.last ?? null, extends: !previous || at[0] === previous.last },
    });

    const received: DeltaPart[] = [];
    const deltas = createBatcher<DeltaPart>(async (parts, batch) => {
      const isTaken = await store.operations.appendDelta(operation, { fence, batch }, mergeParts(parts));
      store.wake(sessionId);
      return isTaken;
    }, supersede);
    try {
      const reply = await model.stream({
        messages,
        tools: offered,
        signal,
        callIdPrefix: `call_${turn}_${step}`,
        onDelta: (parts) => {
          received.push(...parts);
          deltas.add(parts);
        },
      });
      const bodies = reply.bodies.filter(isCall);
      const calls = toCalls(bodies, tools, context.allow);
      const result: CallModelResult = calls.length > 0 ? { outcome: 'tools', calls } : { outcome: 'finished' };
      const usage: ChunkBody[] = reply.usage ? [{ kind: 'usage', model: model.model, usage: reply.usage }] : [];
      return {
        result,
        chunks: toChunks([...reply.bodies, ...usage]),
        approvals: toApprovals(calls, bodies),
        span: { status: 'ok', attributes: attributes(reply) },
        ...(calls.length === 0 ? { settle: 'completed' as const } : {}),
      };
    } catch (error) {
      if (!signal.aborted) throw error;
      const result: CallModelResult = { outcome: 'finished' };
      const span = { status: 'cancelled' as const, attributes: attributes({ usage: null, timeToFirstTokenMs: null }) };
      return { result, chunks: toChunks(partialReply(received)), span };
    } finally {
      await deltas.stop();
    }
  };

  return async ({ sessionId, turn, step, messageId }: CallModelInput): Promise<CallModelResult> => {
    if (step > stepsPerTurn) throw ApplicationFailure.nonRetryable('step_limit', 'step_limit');
    const operation = { sessionId, turn, step, call: null };
    const result = await sealed<CallModelResult>(dependencies, {
      operation,
      name: model.model,
      messageId: step === 1 ? messageId : undefined,
      started: { model: model.model },
      run: (attempt) => request(operation, attempt),
    });
    return result ?? { outcome: 'finished' };
  };
};
