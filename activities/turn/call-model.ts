import { ApplicationFailure } from '@temporalio/activity';
import type { Call, CallModelInput, CallModelResult } from '../../contracts/activities.ts';
import type { ChunkBody, NewChunk, ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import { toRequest } from '../../contracts/request.ts';
import type { ToolPermission } from '../../contracts/tools.ts';
import type { AskedApproval, Operation, Seal } from '../../store/operations.ts';
import type { DirectCall, RequestContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { judgeFailure, type Place, placeIn } from '../model/chain.ts';
import type { ModelReply } from '../model/client.ts';
import { hashPrefixes } from '../model/prefix.ts';
import { argumentsHash, toolDefinitions } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import { agentOf, type SessionAgent } from './agent.ts';
import { type Attempt, sealed } from './attempt.ts';
import { checkBudget } from './budget.ts';
import { mergeParts } from './deltas.ts';

const isCall = (body: ChunkBody): body is ToolCallBody => body.kind === 'tool_call';

const needsApproval = (tool: Tool | undefined, allow: readonly ToolPermission[]): boolean =>
  tool !== undefined && tool.permission !== 'read' && !allow.includes(tool.permission);

/** Labels only: a name the model made up stays in the transcript. A call that cannot run is `pure`, its result an error. */
const toCalls = (bodies: readonly ToolCallBody[], { tools, allow }: SessionAgent): Call[] =>
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

/** The ordinals of a reply are those of its stream; what stands before it is numbered after all that a reply can hold. */
const firstNotice = 9000;

const toChunks = (bodies: readonly ChunkBody[], notices: readonly ChunkBody[]): NewChunk[] => [
  ...notices.map((body, index) => ({ ordinal: firstNotice + index, body })),
  ...bodies.map((body, ordinal) => ({ ordinal, body })),
];

/** What had come when a person cancelled. A call that was not whole is not kept. */
const partialReply = (parts: readonly DeltaPart[]): ChunkBody[] =>
  mergeParts(parts.toSorted((a, b) => a.ordinal - b.ordinal)).flatMap(({ kind, text }): ChunkBody[] => {
    if (kind === 'text') return [{ kind, role: 'assistant', text }];
    return kind === 'thinking' ? [{ kind, text }] : [];
  });

/** A session that a script made for one tool call asks no model: its first step is the call, its second the end. */
const directSeal = ({ turn, step }: Operation, direct: DirectCall, agent: SessionAgent): Omit<Seal, 'fence'> => {
  const span = { status: 'ok' as const, attributes: {} };
  if (step > 1)
    return { result: { outcome: 'finished' } satisfies CallModelResult, chunks: [], span, settle: 'completed' };
  const bodies: ToolCallBody[] = [{ kind: 'tool_call', callId: `call_${turn}_1_0`, ...direct }];
  const calls = toCalls(bodies, agent);
  const result: CallModelResult = { outcome: 'tools', calls };
  return { result, chunks: toChunks(bodies, []), approvals: toApprovals(calls, bodies), span };
};

/** One model request: streamed to the event log as it comes, sealed as a whole at its end. */
export const createCallModel = (dependencies: Dependencies) => {
  const { store, deltas, models, tools, stepsPerTurn } = dependencies;

  const request = async (
    { operation, context, place }: { operation: Operation; context: RequestContext; place: Place },
    { fence, signal, supersede }: Attempt,
  ): Promise<Omit<Seal, 'fence'>> => {
    const { sessionId, turn, step } = operation;
    const { previous } = context;
    const agent = agentOf(context, tools);
    const model = models.get(place.model);
    const messages = toRequest(agent.system, await store.chunks.transcript(sessionId));
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

    const received: DeltaPart[] = [];
    const stream = deltas.open({ operation, fence }, supersede);
    try {
      const reply = await model.stream({
        messages,
        tools: offered,
        signal,
        effort: context.definition?.effort,
        callIdPrefix: `call_${turn}_${step}`,
        onDelta: (parts) => {
          received.push(...parts);
          stream.add(parts);
        },
      });
      const bodies = reply.bodies.filter(isCall);
      const calls = toCalls(bodies, agent);
      const result: CallModelResult = calls.length > 0 ? { outcome: 'tools', calls } : { outcome: 'finished' };
      const usage: ChunkBody[] = reply.usage ? [{ kind: 'usage', model: model.name, usage: reply.usage }] : [];
      return {
        result,
        chunks: toChunks([...reply.bodies, ...usage], place.changes),
        approvals: toApprovals(calls, bodies),
        span: { status: 'ok', attributes: attributes(reply) },
        ...(calls.length === 0 ? { settle: 'completed' as const } : {}),
      };
    } catch (error) {
      if (!signal.aborted) throw error;
      const result: CallModelResult = { outcome: 'finished' };
      const span = { status: 'cancelled' as const, attributes: attributes({ usage: null, timeToFirstTokenMs: null }) };
      return { result, chunks: toChunks(partialReply(received), place.changes), span };
    } finally {
      await stream.stop();
    }
  };

  return async ({ sessionId, turn, step, messageId }: CallModelInput): Promise<CallModelResult> => {
    if (step > stepsPerTurn) throw ApplicationFailure.nonRetryable('step_limit', 'step_limit');
    const operation = { sessionId, turn, step, call: null };
    const context = await store.requests.context(sessionId, turn);
    if (!context)
      throw new EverturnError('session_not_found', `Cannot ask the model: session ${sessionId} is not there any more`);
    if (context.runId !== null) await checkBudget(store, sessionId);
    const place = placeIn(context, models.names, step);
    const { direct } = context;
    const result = await sealed<CallModelResult>(dependencies, {
      operation,
      name: direct ? direct.tool : place.model,
      messageId: step === 1 ? messageId : undefined,
      started: { model: place.model },
      run: async (attempt) =>
        direct
          ? directSeal(operation, direct, agentOf(context, tools))
          : await request({ operation, context, place }, attempt),
      judge: (error) => judgeFailure(place, error),
    });
    return result ?? { outcome: 'finished' };
  };
};
