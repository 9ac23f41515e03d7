import { createHash } from 'node:crypto';
import type { Move } from './plan.ts';
import type { ChatRequest } from './request.ts';
import { estimateTokens, type PromptTokens } from './usage.ts';

type WireCall = { id: string; type: 'function'; function: { name: string; arguments: string } };

/** A whole reply; its ids come from the request, so that the same request gives the same reply. */
export type Completion = {
  id: string;
  thinking: string;
  text: string;
  calls: WireCall[];
  finishReason: 'stop' | 'tool_calls';
  usage: Record<string, unknown>;
};

const usageOf = ({ thinking, text }: Move, calls: readonly WireCall[], { prompt, cached }: PromptTokens) => {
  const reasoning = estimateTokens(thinking);
  const spoken = [text, ...calls.map((call) => JSON.stringify(call.function))].map(estimateTokens);
  const completion = spoken.reduce((sum, tokens) => sum + tokens, reasoning);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
};

export const complete = ({ messages, tools }: ChatRequest, move: Move, tokens: PromptTokens): Completion => {
  const hash = createHash('sha256')
    .update(JSON.stringify([tools, messages]))
    .digest('hex')
    .slice(0, 16);
  const calls = move.calls.map(({ tool, args }, index): WireCall => {
    return { id: `call_${hash}_${index}`, type: 'function', function: { name: tool, arguments: JSON.stringify(args) } };
  });
  const { thinking, text } = move;
  const finishReason = calls.length > 0 ? 'tool_calls' : 'stop';
  return { id: `chatcmpl-${hash}`, thinking, text, calls, finishReason, usage: usageOf(move, calls, tokens) };
};

/** As one JSON object, for a request without `stream`. */
export const toJson = ({ id, thinking, text, calls, finishReason, usage }: Completion, created: number) => ({
  id,
  object: 'chat.completion',
  created,
  model: 'offline',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: text || null,
        reasoning_content: thinking,
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      },
      finish_reason: finishReason,
    },
  ],
  usage,
});

const words = (text: string): string[] => text.match(/\s*\S+\s*$|\s*\S{1,24}|\s+/g) ?? [];
const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/g) ?? [];

/** As the events of a stream: each a word of thinking or text, or a piece of a call's arguments. */
export const toEvents = (
  { id, thinking, text, calls, finishReason, usage }: Completion,
  created: number,
  withUsage: boolean,
) => {
  const base = { id, object: 'chat.completion.chunk', created, model: 'offline' };
  const deltas: object[] = [
    ...words(thinking).map((reasoning_content) => ({ reasoning_content })),
    ...words(text).map((content) => ({ content })),
    ...calls.flatMap(({ function: { name, arguments: args }, ...call }, index) => [
      { tool_calls: [{ index, ...call, function: { name, arguments: '' } }] },
      ...pieces(args).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
  ];
  return [
    { ...base, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: finishReason }] },
    ...(withUsage ? [{ ...base, choices: [], usage }] : []),
  ];
};
