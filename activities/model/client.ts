import { createHash } from 'node:crypto';
import { canonical } from '../../contracts/canonical.ts';
import type { ChunkBody } from '../../contracts/chunks.ts';
import type { DialectName } from '../../contracts/config/models.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import type { Effort } from '../../contracts/flow.ts';
import { replyLimits } from '../../contracts/reply-limits.ts';
import type { WireMessage, WireRules, WireTool } from '../../contracts/request.ts';
import type { Usage } from '../../contracts/usage.ts';
import { adapt, type Draft, isOfMessages, omissions } from './adapt.ts';
import { fieldsOf, limitOf, maxReplyOf } from './body.ts';
import { type Connection, connect, type ModelClientOptions } from './connect.ts';
import { chooseDialect } from './dialects/choose.ts';
import { familyOf } from './dialects/family.ts';
import { createRules } from './dialects/rules.ts';
import { bodyOf, type Encoded, encode } from './encode.ts';
import { modelError, type Provider } from './errors.ts';
import { endedByError, refusalOf, toModelError } from './failures.ts';
import { type FinishReason, normaliseFinish } from './finish.ts';
import { startIdleWatch } from './idle.ts';
import { createLearned } from './learned.ts';
import { createReception } from './reception.ts';
import { adaptationsFor, ofLimit } from './refused.ts';
import { normaliseUsage } from './usage.ts';
import { withImages } from './with-images.ts';

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
  /** Further fields of this one request. Default: none. */
  fields?: Record<string, unknown>;
  /** Tokens of the reply at most, beside what everturn.yaml says. */
  maxReply?: number;
  /** The messages are sent as they are, whatever the provider is known to refuse or to miss. Default: false. */
  isExact?: boolean;
};

/** What of a request the provider sees. */
export type Sent = Pick<ModelRequest, 'messages' | 'tools' | 'effort'>;

export type ModelReply = {
  /** Text, thinking and tool calls; the place in the list is the ordinal. A call that was cut off has `isWhole: false`. */
  bodies: ChunkBody[];
  /** Null when the provider reported none. */
  usage: Usage | null;
  finishReason: FinishReason;
  /** The provider's own word for it; null when it said none and its reply was whole nevertheless. */
  finishWord: string | null;
  /** Null when the reply is empty. */
  timeToFirstTokenMs: number | null;
  /** The bytes that were sent, without what the provider refused. */
  sent: Encoded;
  /** What was left out of them, or said in another way, because the provider has refused it. */
  refused: readonly string[];
};

export type ModelClient = {
  /** By which everturn.yaml, agents and people know it. */
  readonly name: string;
  /** As the provider calls it. */
  readonly model: string;
  readonly dialect: DialectName;
  /** Where and how it is asked. */
  readonly connection: Connection;
  /** What is left out of requests, by everturn.yaml or after a refusal. */
  leftOut(): string[];
  /** Of that, what the provider has refused, or is known not to take. */
  refused(): string[];
  /** Digest of what everturn.yaml says of its requests. */
  readonly settings: string;
  /** Tokens that its requests ask for as the most of a reply; 0: they say none. */
  readonly maxReply: number;
  /** How a transcript becomes messages that this provider takes: for `toRequest`. */
  readonly rules: WireRules;
  /** The bytes that `stream` would send. */
  encode(request: Sent): Encoded;
  /** `fingerprint`: of the address and the secret together. */
  readonly key: { name: string; fingerprint: string };
  /**
   * Asks for one reply. It is asked for again only where the provider refused an option, without it. Throws
   * `EverturnError` of a `model_*` code (with `details.kind`, and `details.retryAfterMs` where the provider asks to
   * wait), or the signal's reason when it was aborted.
   */
  stream(request: ModelRequest): Promise<ModelReply>;
};

/** Of one request: each leaves out what was refused. */
const maxRefusals = 8;

const fingerprintOf = ({ baseUrl, apiKey }: Provider): string =>
  createHash('sha256')
    .update(`${baseUrl}\n${apiKey ?? ''}`)
    .digest('hex')
    .slice(0, 16);

const settingsOf = (
  { baseUrl, key, model, maxTokens, temperature, body, omit }: ModelClientOptions,
  dialect: DialectName,
): string =>
  createHash('sha256')
    .update(canonical({ baseUrl, key, model, maxTokens, temperature, body, omit, dialect }))
    .digest('hex')
    .slice(0, 12);

/** Kinds of refusal that can be about an option. */
const negotiable: readonly unknown[] = ['invalid', 'not_found', 'unavailable'];

export const createModelClient = (options: ModelClientOptions): ModelClient => {
  const { model, price, key = null, limits = replyLimits, takesImages = () => null } = options;
  const loadImage = options.loadImage ?? (async () => null);
  const connection = connect(options);
  const { provider } = connection;
  const dialect = chooseDialect(options.dialect, options.baseUrl);
  const from = key === null ? null : `${key}/${familyOf(model)}`;
  const learned = createLearned({ baseUrl: options.baseUrl, key, model });
  const omitted = omissions([...(dialect.omit ?? []), ...(options.omit ?? [])]);

  const draftOf = ({
    messages,
    tools,
    effort,
    fields = {},
    maxReply,
  }: Sent & Pick<ModelRequest, 'fields' | 'maxReply'>): Draft => {
    const own = fieldsOf(options, dialect, effort);
    return { fields: { ...own, ...limitOf(own, dialect, maxReply), ...fields }, tools, messages };
  };

  /** Of what is left out: what depends on the provider, and may change while sessions continue. */
  const refusedNow = (): string[] => [...(takesImages() === false ? ['no images'] : []), ...learned.all()];

  const stream = async (request: ModelRequest): Promise<ModelReply> => {
    const watch = startIdleWatch(request.signal, { ...options, replyMinutes: limits.replyMinutes });
    const startedAt = performance.now();
    const draft = draftOf(request);
    let adapted = draft;
    let refused: readonly string[] = [];
    const tried: string[] = [];

    const reception = createReception({
      callIdPrefix: request.callIdPrefix ?? 'call',
      tools: request.tools.map((tool) => tool.function.name),
      from,
      limits,
      watch,
      connection,
    });

    const fail = (error: unknown): unknown => {
      if (request.signal.aborted) return request.signal.reason;
      const silence = watch.timedOut();
      if (silence !== null) return modelError('model_timeout', provider, silence, { kind: 'timeout' });
      return toModelError(watch.tooLong() ?? error, provider, reception.hasBegun());
    };

    /** What to leave out, if that is what a failure was about. Nothing of a reply may have come. */
    const missed = (error: unknown, asked: Draft): string[] => {
      const refusal = refusalOf(error);
      const kind = error instanceof EverturnError ? error.details?.kind : undefined;
      if (request.isExact || !refusal || !reception.isEmpty() || tried.length >= maxRefusals) return [];
      // A request that is too long together with the reply it asks for may pass with a shorter one.
      const found =
        kind === 'overflow'
          ? ofLimit(asked, refusal.said)
          : negotiable.includes(kind)
            ? adaptationsFor(asked, refusal)
            : [];
      return found.filter((adaptation) => !tried.includes(adaptation));
    };

    async function* receive(): AsyncGenerator<DeltaPart[]> {
      for (;;) {
        refused = [...refusedNow(), ...tried];
        const known = [...omitted, ...refused];
        adapted = adapt(draft, request.isExact ? known.filter((each) => !isOfMessages(each)) : known);
        const messages = await withImages(adapted.messages, loadImage);
        const body = bodyOf(encode({ ...adapted, messages }));
        try {
          yield* reception.receive(body, request.hold);
          break;
        } catch (error) {
          // A reply that has said its last word is whole, however its connection ends: it was paid for.
          if (reception.finishWord() !== null && !request.signal.aborted) break;
          const failure = fail(error);
          const more = request.signal.aborted ? [] : missed(failure, adapted);
          if (more.length === 0) throw failure;
          tried.push(...more);
        }
      }
      learned.remember(tried);
    }

    let timeToFirstTokenMs: number | null = null;
    const pass = (parts: DeltaPart[]): void => {
      if (parts.length === 0) return;
      timeToFirstTokenMs ??= performance.now() - startedAt;
      request.onDelta(parts);
      request.signal.throwIfAborted();
    };

    try {
      for await (const parts of receive()) pass(parts);
      pass(reception.end());
      request.signal.throwIfAborted();
    } finally {
      watch.stop();
    }
    const { word, hasCalls } = reception.whole();
    const finishReason = word === null ? (hasCalls ? 'tool_calls' : 'stop') : normaliseFinish(word, hasCalls);
    if (finishReason === 'error') throw endedByError(provider, word ?? '', reception.said());
    const isWhole = finishReason !== 'length' && finishReason !== 'content_filter';
    const bodies = reception.bodies(isWhole);
    const counted = normaliseUsage(reception.usage(), price);
    const cost = counted?.cost ?? dialect.cost?.(reception.usage()) ?? null;
    const isCalling = finishReason === 'stop' && bodies.some(({ kind }) => kind === 'tool_call');
    return {
      bodies,
      usage: counted && { ...counted, cost },
      finishReason: isCalling ? 'tool_calls' : finishReason,
      finishWord: word,
      timeToFirstTokenMs,
      sent: encode(adapted),
      refused,
    };
  };

  return {
    name: options.name ?? model,
    model,
    key: { name: options.key ?? options.name ?? model, fingerprint: fingerprintOf(provider) },
    dialect: dialect.name,
    connection,
    leftOut: () => [...(options.omit ?? []), ...(dialect.omit ?? []), ...refusedNow()],
    refused: refusedNow,
    settings: settingsOf(options, dialect.name),
    maxReply: maxReplyOf(fieldsOf(options, dialect, undefined)),
    rules: createRules(dialect, from),
    encode: (request) => encode(adapt(draftOf(request), [...omitted, ...refusedNow()])),
    stream,
  };
};
