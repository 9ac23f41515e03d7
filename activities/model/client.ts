import type { ChunkBody } from '../../contracts/chunks.ts';
import type { EverturnError } from '../../contracts/errors.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import type { Effort } from '../../contracts/flow.ts';
import { replyLimits } from '../../contracts/reply-limits.ts';
import type { WireMessage, WireTool } from '../../contracts/request.ts';
import type { Usage } from '../../contracts/usage.ts';
import { type ProviderChunk, toChunk } from './chunk.ts';
import { connect, type ModelClientOptions } from './connect.ts';
import { modelError, type Provider } from './errors.ts';
import { readEvents } from './events.ts';
import { toModelError } from './failures.ts';
import { startIdleWatch } from './idle.ts';
import { createMeter } from './meter.ts';
import { createReply } from './reply.ts';
import { send } from './request.ts';
import { normaliseUsage } from './usage.ts';

export type ModelRequest = {
  messages: readonly WireMessage[];
  /** In the order in which they are sent: sort them by name, so that requests extend each other. */
  tools: readonly WireTool[];
  signal: AbortSignal;
  /** Awaited right before anything is sent, on each connection that is tried. What it throws ends the request. Default: nothing. */
  hold?: (() => Promise<void>) | undefined;
  /** Default: as the provider has it. */
  effort?: Effort | undefined;
  /** Called as the reply grows. What it throws ends the request and passes through. */
  onDelta: (parts: DeltaPart[]) => void;
  /** Begins the ids of calls to which the provider gave none. Default: `call`. */
  callIdPrefix?: string;
};

export type ModelReply = {
  /** Text, thinking and tool calls; the place in the list is the ordinal. */
  bodies: ChunkBody[];
  /** Null when the provider reported none. */
  usage: Usage | null;
  /** `stop`, `tool_calls`, `length`, `content_filter`, or a provider's own word. */
  finishReason: string;
  /** Null when the reply is empty. */
  timeToFirstTokenMs: number | null;
};

export type ModelClient = {
  /** By which everturn.yaml, agents and people know it. */
  readonly name: string;
  /** As the provider calls it. */
  readonly model: string;
  /**
   * Asks once, without retries. Throws `EverturnError` of a `model_*` code (with `details.retryAfterMs` where the
   * provider asks to wait), or the signal's reason when it was aborted.
   */
  stream(request: ModelRequest): Promise<ModelReply>;
};

/** Providers know no more than `xhigh`. */
const effortOf = (effort: Effort) => (effort === 'max' ? 'xhigh' : effort);

const bodyOf = (model: string, { messages, tools, effort }: ModelRequest): string =>
  JSON.stringify({
    model,
    messages,
    ...(tools.length > 0 ? { tools } : {}),
    ...(effort === undefined ? {} : { reasoning_effort: effortOf(effort) }),
    stream: true,
    stream_options: { include_usage: true },
  });

export const createModelClient = (options: ModelClientOptions): ModelClient => {
  const { model, timeoutMs, price, limits = replyLimits } = options;
  const connection = connect(options);
  const { provider } = connection;

  const stream = async (request: ModelRequest): Promise<ModelReply> => {
    const watch = startIdleWatch(request.signal, { timeoutMs, replyMinutes: limits.replyMinutes });
    const reply = createReply(request.callIdPrefix ?? 'call');
    const meter = createMeter(limits);
    const startedAt = performance.now();
    let timeToFirstTokenMs: number | null = null;
    let finishReason: string | null = null;
    let reported: unknown = null;
    let contentType: string | null = null;
    let hasBegun = false;

    const fail = (error: unknown): Error => {
      if (request.signal.aborted) return request.signal.reason;
      if (watch.hasTimedOut()) return modelError('model_timeout', provider, `nothing came for ${timeoutMs} ms`);
      return toModelError(watch.tooLong() ?? error, provider, hasBegun);
    };

    const read = ({ choices, usage }: ProviderChunk): DeltaPart[] => {
      hasBegun = true;
      reported = usage ?? reported;
      const choice = choices?.[0];
      const parts = reply.add(choice?.delta);
      meter.parts(parts);
      finishReason = choice?.finish_reason ?? finishReason;
      return parts;
    };

    async function* receive(): AsyncGenerator<DeltaPart[]> {
      try {
        const answer = await send(connection, bodyOf(model, request), { ...watch, hold: request.hold });
        contentType = answer.headers.get('content-type');
        for await (const event of readEvents(answer.body, { heard: watch.heard, meter })) {
          yield read(toChunk(event, answer, provider));
        }
      } catch (error) {
        // A reply that has said its last word is whole, however its connection ends: it was paid for.
        if (finishReason === null || request.signal.aborted) throw fail(error);
      }
    }

    try {
      for await (const parts of receive()) {
        if (parts.length === 0) continue;
        timeToFirstTokenMs ??= performance.now() - startedAt;
        request.onDelta(parts);
        request.signal.throwIfAborted();
      }
      request.signal.throwIfAborted();
      if (finishReason === null) throw cut(provider, hasBegun, contentType);
    } finally {
      watch.stop();
    }
    const bodies = reply.bodies(finishReason !== 'length');
    return { bodies, usage: normaliseUsage(reported, price), finishReason, timeToFirstTokenMs };
  };

  return { name: options.name ?? model, model, stream };
};

const cut = (provider: Provider, hasBegun: boolean, contentType: string | null): EverturnError =>
  hasBegun || contentType?.includes('event-stream')
    ? modelError('model_stream_cut', provider, 'the stream ended in the middle of the reply')
    : modelError(
        'model_not_found',
        provider,
        `the answer is ${contentType ?? 'untyped'}, not a stream of chat completions`,
      );
