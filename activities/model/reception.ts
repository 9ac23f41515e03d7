import type { ChunkBody } from '../../contracts/chunks.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import type { ReplyLimits } from '../../contracts/reply-limits.ts';
import { type ProviderChunk, toChunks } from './chunk.ts';
import type { Connection } from './connect.ts';
import { modelError } from './errors.ts';
import { isEnd, readEvents } from './events.ts';
import { UnreadableShape } from './failures.ts';
import { finishWord, isBadEnd, isNormalEnd } from './finish.ts';
import { createMeter } from './meter.ts';
import { isNothing } from './opaque.ts';
import { createReply, type ReplyOptions } from './reply.ts';
import { send } from './request.ts';
import { joinUsage } from './usage.ts';
import { isWholeObject } from './whole-arguments.ts';
import type { Facts } from './words.ts';

type Watch = { signal: AbortSignal; heard: () => void; grew: () => void };

type Options = Required<ReplyOptions> & { limits: ReplyLimits; watch: Watch; connection: Connection };

/** Of several choices the first: we ask for one. */
const isFirst = ({ index }: Facts): boolean => index === undefined || index === null || index === 0 || index === '0';

/** A router may call an end normal that its provider calls an error, or a cut: its provider's word is the better one. */
const endIn = ({ finish_reason, finishReason, native_finish_reason }: Facts): string | null => {
  const word = finishWord(finish_reason) ?? finishWord(finishReason);
  const native = finishWord(native_finish_reason);
  if (word === null || native === null) return word;
  return isNormalEnd(word) && isBadEnd(native) ? native : word;
};

/** What is said may be written without a message around it. */
const asMessage = (value: unknown): unknown => (typeof value === 'object' ? value : { content: value });

/** Sends a request and reads its answer, whatever its form, into one reply. */
export const createReception = ({ limits, watch, connection, ...options }: Options) => {
  const { provider } = connection;
  const reply = createReply(options);
  const meter = createMeter(limits);
  let word: string | null = null;
  let reported: unknown = null;
  let contentType: string | null = null;
  let hasBegun = false;
  let isDone = false;
  let isBroken = false;
  let hasLastUsage = false;
  let hasDeltas = false;

  /** A whole message may follow the pieces of which it was made, or replace a text without a form. */
  const saidIn = (choice: Facts): unknown => {
    if (!isNothing(choice.delta)) {
      hasDeltas = true;
      return asMessage(choice.delta);
    }
    if (hasDeltas) return null;
    return isNothing(choice.message) ? { content: choice.text } : asMessage(choice.message);
  };

  const readChoice = (choice: Facts): DeltaPart[] => {
    const parts = reply.add(saidIn(choice));
    if (!isNothing(choice.finish_reason) && typeof choice.finish_reason !== 'string') {
      throw new UnreadableShape(
        `the reply ends with a reason that is not a word: ${JSON.stringify(choice.finish_reason)}`,
      );
    }
    word = endIn(choice) ?? word;
    return parts;
  };

  const read = ({ choices, usage }: ProviderChunk): DeltaPart[] => {
    hasBegun = true;
    if (usage !== undefined && usage !== null) {
      reported = joinUsage(reported, usage);
      hasLastUsage ||= choices.every(({ delta, message, text }) => [delta, message, text].every(isNothing));
    }
    const parts = choices.filter(isFirst).flatMap(readChoice);
    meter.parts(parts);
    if (parts.length > 0) watch.grew();
    return parts;
  };

  async function* receive(body: string, hold: (() => Promise<void>) | undefined): AsyncGenerator<DeltaPart[]> {
    const answer = await send(connection, body, { ...watch, hold });
    contentType = answer.headers.get('content-type');
    const broken = (): void => {
      isBroken = true;
    };
    for await (const event of readEvents(answer.body, { heard: watch.heard, broken, meter })) {
      if (isEnd(event)) isDone = true;
      else for (const chunk of toChunks(event, { answer, provider })) yield read(chunk);
    }
  }

  /**
   * The last word, and whether there are calls. Some providers end without a word: calls whose arguments are whole,
   * or a report of usage before `[DONE]`, show that the reply is. Throws where it was cut off.
   */
  const whole = (): { word: string | null; hasCalls: boolean } => {
    const calls = reply.calls();
    const isWhole =
      word !== null ||
      (calls.length > 0 ? calls.every(({ text }) => isWholeObject(text)) : isDone && hasLastUsage && !reply.isEmpty());
    if (isWhole) return { word, hasCalls: calls.length > 0 };
    if (hasBegun || contentType?.includes('event-stream')) {
      throw modelError('model_stream_cut', provider, 'the stream ended in the middle of the reply', { kind: 'cut' });
    }
    const what = `the answer is ${contentType ?? 'untyped'}, not a stream of chat completions`;
    throw modelError('model_not_found', provider, what, { kind: 'not_found' });
  };

  return {
    receive,
    /** What was held back until the reply had ended. */
    end: (): DeltaPart[] => reply.end(),
    whole,
    said: (): string => reply.said(),
    bodies: (isWhole: boolean): ChunkBody[] => reply.bodies({ isWhole, isBroken }),
    usage: (): unknown => reported,
    finishWord: (): string | null => word,
    hasBegun: (): boolean => hasBegun,
    isEmpty: (): boolean => reply.isEmpty(),
  };
};
