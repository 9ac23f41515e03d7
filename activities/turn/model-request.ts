import type { Call, StepResult } from '../../contracts/activities.ts';
import type { ChunkBody, PlacedChunk, ToolCallBody } from '../../contracts/chunks.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import { dataFoldersOf } from '../../files/closed.ts';
import type { NewFileChange } from '../../store/file-changes.ts';
import type { AskedApproval, Operation, Seal } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import { previewChanges } from '../changes/preview.ts';
import type { Prepared } from '../context/prepare.ts';
import type { Dependencies } from '../dependencies.ts';
import type { ChainPlace } from '../model/chain.ts';
import type { ModelReply } from '../model/client.ts';
import { configReload } from '../model/config-news.ts';
import { countUsage, estimateUsage } from '../model/estimate.ts';
import { messagesFor } from '../model/messages-for.ts';
import { missPrice } from '../model/miss-price.ts';
import { noteRequest } from '../model/note-request.ts';
import { createRequestNotes } from '../model/request-notes.ts';
import { segmentsOf } from '../model/segments.ts';
import { createGate } from '../permissions/gate.ts';
import { toolsChanged } from '../tools/extensions.ts';
import { toolDefinitions } from '../tools/registry.ts';
import { aboutCalls } from './about-calls.ts';
import type { SessionAgent } from './agent.ts';
import type { Attempt } from './attempt.ts';
import { afterNotices, errorOf, isCall, runWithin, toChunks } from './calls.ts';
import { choicesOf } from './choices.ts';
import { type End, endOfReply } from './ends.ts';
import type { Move } from './guards/decide.ts';
import { saidBefore } from './guards/said.ts';

/** What had come when a user cancelled. A call that was not whole is not kept. */
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

/** With what each call would do to files. */
const withChanges = (asked: readonly AskedApproval[], changes: ReadonlyMap<number, NewFileChange[]>): AskedApproval[] =>
  asked.map((approval) => ({ ...approval, changes: changes.get(approval.call) ?? [] }));

export type Request = {
  operation: Operation;
  context: StepContext;
  /** The model to ask, and the notices before its reply. */
  place: Pick<ChainPlace, 'notices' | 'isFallback'> & { model: string };
  agent: SessionAgent;
  /** The newest change of everturn.yaml that the session is notified of with this request. */
  configId: number;
  move: Extract<Move, { kind: 'ask' }>;
  prepared: Prepared;
};

type Bytes = Pick<ModelReply, 'sent' | 'refused'>;

const resultOf = (how: End['how'], calls: Call[]): StepResult => {
  if (how === 'calls' || how === 'again') return { outcome: 'tools', calls };
  return { outcome: 'finished', ...(typeof how === 'object' ? { code: how.failed } : {}) };
};

/** One model request: streamed to the event log as it comes, sealed as a whole at its end. */
export const createModelRequest = (dependencies: Dependencies) => {
  const { store, models, deltas, turnLimits, workspace } = dependencies;
  const { stepsPerTurn } = turnLimits;
  const gate = createGate(dependencies);
  return async (
    { operation, context, place, agent, configId, move, prepared }: Request,
    { fence, signal, hold, supersede }: Attempt,
  ): Promise<Omit<Seal, 'fence'> & { bodies: ToolCallBody[] }> => {
    const { turn, step } = operation;
    const { previous, definition, transcript } = context;
    const before = [...place.notices, ...(move.say ? [move.say] : [])];
    const model = models.get(place.model);
    const { messages, stamps } = prepared;
    const chunks = [...prepared.sent, ...saidBefore({ transcript, at: operation, move })];
    const offered = toolDefinitions(move.offersTools ? agent.tools : []);
    const wanted = { messages, tools: offered, effort: definition?.effort };
    const { key, facts } = models.about(place.model);
    const price = facts.price?.value;
    const predicted = Math.round(prepared.units * prepared.rate);
    const notes = createRequestNotes();
    notes.note({ messages: messages.length, tokens: predicted, model: model.name, key });
    const count = (some: readonly PlacedChunk[]): number =>
      model.encode({ messages: messagesFor(model, '', some), tools: [] }).messages.length;
    const note = ({ sent, refused }: Bytes) =>
      noteRequest(sent, {
        previous,
        digests: () => store.requests.digests(operation.sessionId),
        choices: choicesOf({ model, context, agent, configId, move, epoch: prepared.epoch, refused }),
        epochKind: prepared.epochKind,
        sent: chunks,
        transcript,
        count,
        rate: prepared.rate,
      });
    const attributes = async (reply: Bytes & Pick<ModelReply, 'usage' | 'timeToFirstTokenMs'>) => ({
      model: model.name,
      timeToFirstTokenMs: reply.timeToFirstTokenMs,
      usage: reply.usage,
      ...(place.isFallback ? { isFallback: true } : {}),
      config: configId,
      segments: reply.usage && !reply.usage.isEstimated ? segmentsOf(reply.sent, reply.usage) : null,
      /** Tokens that were expected, and what the request may have. */
      predicted,
      window: prepared.window,
      price: missPrice(price, predicted),
      rates: price ? { input: price.input, output: price.output } : null,
      ...(await note(reply)),
    });

    /** For a request whose end was not observed. */
    const asWanted = (): Bytes => ({ sent: model.encode(wanted), refused: model.refused() });
    let isSent = false;
    const received = new Map<number, DeltaPart>();
    const stream = deltas.open({ operation, fence }, supersede);
    try {
      const reply = await model.stream({
        ...wanted,
        signal,
        hold: async () => {
          await hold();
          isSent = true;
        },
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
      const { calls, approvals } = await gate(bodies, { sessionId: operation.sessionId, context, agent });
      const asked = calls.flatMap((call) => {
        const body = bodies[call.call];
        return body ? [{ call, body, tool: agent.tools.find(({ name }) => name === body.tool) }] : [];
      });
      const place = { sessionId: operation.sessionId, turn, step, workspace: context.workspace };
      const changes = await previewChanges(
        store.fileChanges,
        { ...place, dataFolders: dataFoldersOf(workspace) },
        asked,
      );
      const usage = countUsage(reply.usage, { inputTokens: predicted, bodies: reply.bodies, price });
      notes.report(usage, stamps);
      return {
        result: resultOf(end.how, calls),
        bodies,
        chunks: toChunks([...end.bodies, ...notes.drain()], before, [
          ...end.after,
          ...(typeof end.how === 'object' ? [errorOf(end.how.failed)] : []),
        ]),
        approvals: await aboutCalls(withChanges(approvals, changes), agent.tools),
        calls: runWithin(calls, agent) ? begunWithin(calls, bodies) : [],
        span: {
          status: 'ok',
          attributes: { ...(await attributes({ ...reply, usage })), ...(stamps.length > 0 ? { epochs: stamps } : {}) },
        },
        ...(stamps.length > 0 ? { context: { stamps, reported: usage } } : {}),
        ...(end.how === 'calls' || end.how === 'again' ? {} : { settle: end.how }),
      };
    } catch (error) {
      if (!signal.aborted) throw error;
      const partial = partialReply([...received.values()]);
      // The provider counts what it was asked and has written, though it had no chance to say so.
      if (isSent) notes.report(estimateUsage(predicted, partial, price));
      return {
        result: { outcome: 'finished' } satisfies StepResult,
        bodies: [],
        chunks: toChunks(
          [...partial, ...notes.drain()],
          // The next request reports changes of the configuration and the tools.
          before.filter(({ label }) => label !== configReload && label !== toolsChanged),
        ),
        span: {
          status: 'cancelled',
          attributes: await attributes({ usage: null, timeToFirstTokenMs: null, ...asWanted() }),
        },
      };
    } finally {
      await stream.stop();
    }
  };
};
