import type { ChunkBody } from '../../contracts/chunks.ts';
import type { DeltaPart } from '../../contracts/events.ts';
import { ReplyTooLong } from './failures.ts';

/** Each piece of a call is compared with the calls before it. */
const mostCalls = 1000;

/** One `delta` of a provider's stream: nothing in it is certain, so nothing is required. */
export type ProviderDelta = {
  content?: unknown;
  refusal?: unknown;
  /** DeepSeek. */
  reasoning_content?: unknown;
  /** OpenRouter, Ollama, vLLM. */
  reasoning?: unknown;
  tool_calls?: ProviderCallPiece[] | null;
};

type ProviderCallPiece = {
  index?: number | null;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
};

type GrowingPart = DeltaPart & { index?: number | undefined; callId?: string | undefined };

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

const argumentsOf = (piece: ProviderCallPiece): string => {
  const value = piece.function?.arguments;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : asText(value);
};

/**
 * Whether a piece goes on with a call. Pieces belong together by `index`; servers that leave it out, or count every
 * call as 0, show a new call by a name together with a new id.
 */
const goesOn = (call: GrowingPart, { index, id, function: named }: ProviderCallPiece): boolean => {
  const isNewCall = Boolean(id && named?.name) && id !== call.callId;
  return !isNewCall && (typeof index !== 'number' || index === call.index);
};

/** The provider's ids where it gave one, and gave it once; else ids derived from the place of the call. */
const uniqueIds = (calls: readonly GrowingPart[], prefix: string): string[] => {
  const provided = new Set(calls.map(({ callId }) => callId));
  const given = new Set<string>();
  return calls.map(({ callId, ordinal }) => {
    const isOwn = callId !== undefined && !given.has(callId);
    let id = isOwn ? callId : `${prefix}_${ordinal}`;
    for (let count = 0; !isOwn && provided.has(id); count++) id = `${prefix}_${ordinal}_${count}`;
    given.add(id);
    return id;
  });
};

/**
 * Puts a streamed reply together: one text, one thinking and each tool call, numbered as they first appear.
 * `add` throws `ReplyTooLong` beyond a thousand calls.
 */
export const createReply = (callIdPrefix: string) => {
  const parts: GrowingPart[] = [];
  const calls: GrowingPart[] = [];

  const open = (part: Omit<GrowingPart, 'ordinal' | 'text'>): GrowingPart => {
    const opened = { ...part, ordinal: parts.length, text: '' };
    parts.push(opened);
    if (part.kind === 'tool_call') calls.push(opened);
    if (calls.length > mostCalls) throw new ReplyTooLong(`the reply asks for more than ${mostCalls} tool calls`);
    return opened;
  };

  const grow = (kind: 'text' | 'thinking', text: string): DeltaPart[] => {
    if (!text) return [];
    const part = parts.find((other) => other.kind === kind) ?? open({ kind });
    part.text += text;
    return [{ ordinal: part.ordinal, kind, text }];
  };

  const growCall = (piece: ProviderCallPiece): DeltaPart => {
    const current = calls.findLast((call) => goesOn(call, piece));
    const call = current ?? open({ kind: 'tool_call', index: piece.index ?? undefined });
    const isNamed = !call.tool && Boolean(piece.function?.name);
    if (piece.function?.name && isNamed) call.tool = piece.function.name;
    call.callId ??= piece.id || undefined;
    const text = argumentsOf(piece);
    call.text += text;
    return { ordinal: call.ordinal, kind: 'tool_call', text, ...(isNamed && call.tool ? { tool: call.tool } : {}) };
  };

  const add = (delta: ProviderDelta | null | undefined): DeltaPart[] => [
    ...grow('thinking', asText(delta?.reasoning_content) || asText(delta?.reasoning)),
    ...grow('text', asText(delta?.content) || asText(delta?.refusal)),
    ...(delta?.tool_calls ?? []).map(growCall),
  ];

  /** A whole call without arguments has none: `{}`. One that was cut off stays as it is, malformed. */
  const bodies = (isWhole: boolean): ChunkBody[] => {
    const ids = uniqueIds(calls, callIdPrefix);
    return parts.map((part): ChunkBody => {
      if (part.kind === 'text') return { kind: 'text', role: 'assistant', text: part.text };
      if (part.kind === 'thinking') return { kind: 'thinking', text: part.text };
      const callId = ids[calls.indexOf(part)] ?? `${callIdPrefix}_${part.ordinal}`;
      return { kind: 'tool_call', callId, tool: part.tool ?? '', arguments: part.text || (isWhole ? '{}' : '') };
    });
  };

  return { add, bodies };
};
