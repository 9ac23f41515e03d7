import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChatRequest, Move } from './task.ts';

/** A deterministic estimate: four characters to a token. */
const estimateTokens = (text: string): number => Math.ceil(text.length / 4);

/** The hash identifies the whole request, so that the same request gives the same reply. */
type Prompt = { tokens: number; cached: number; hash: string };

/**
 * Remembers the prefixes of the latest requests, as hashes. What a request shares with an earlier one, from its start
 * and in whole messages, counts as read from the cache.
 */
export const createPrefixCache = (max = 50_000) => {
  const seen = new LRUCache<string, true>({ max });
  return {
    count({ model, tools, messages }: Pick<ChatRequest, 'model' | 'tools' | 'messages'>): Prompt {
      let [total, cached, isKnown, hash] = [0, 0, true, model];
      for (const part of [tools, ...messages]) {
        const bytes = JSON.stringify(part);
        hash = createHash('sha256').update(hash).update(bytes).digest('hex');
        const tokens = part === tools && tools.length === 0 ? 0 : estimateTokens(bytes);
        isKnown &&= seen.has(hash);
        total += tokens;
        if (isKnown) cached += tokens;
        seen.set(hash, true);
      }
      return { tokens: total, cached, hash: hash.slice(0, 16) };
    },
  };
};

const words = (text: string): string[] => text.match(/\s*\S+\s*$|\s*\S{1,24}|\s+/g) ?? [];

/** A reply on the wire: as one JSON object, and as the events of a stream, about a word each. */
export const complete = ({ thinking, text, calls }: Move, { tokens, cached, hash }: Prompt) => {
  const base = { id: `chatcmpl-${hash}`, created: Math.floor(Date.now() / 1000), model: 'offline' };
  const toolCalls = calls.map(({ tool, args }, index) => ({
    id: `call_${hash}_${index}`,
    type: 'function',
    function: { name: tool, arguments: JSON.stringify(args) },
  }));
  const finishReason = calls.length > 0 ? 'tool_calls' : 'stop';
  const reasoning = estimateTokens(thinking);
  const output = reasoning + estimateTokens(text + toolCalls.map((call) => JSON.stringify(call.function)).join(''));
  const usage = {
    prompt_tokens: tokens,
    completion_tokens: output,
    total_tokens: tokens + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
  const message = {
    role: 'assistant',
    content: text || null,
    reasoning_content: thinking,
    ...(calls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
  const deltas = [
    { role: 'assistant', content: '' },
    ...words(thinking).map((word) => ({ reasoning_content: word })),
    ...words(text).map((word) => ({ content: word })),
    ...toolCalls.map((call, index) => ({ tool_calls: [{ index, ...call }] })),
    {},
  ];
  return {
    whole: {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finishReason }],
      usage,
    },
    events: deltas.map((delta, index) => {
      const finish_reason = index === deltas.length - 1 ? finishReason : null;
      return { ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] };
    }),
    usageEvent: { ...base, object: 'chat.completion.chunk', choices: [], usage },
  };
};
