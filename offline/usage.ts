import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChatRequest } from './task.ts';

/** A deterministic estimate: four characters to a token. */
export const estimateTokens = (text: string): number => Math.ceil(text.length / 4);

/** The hash identifies the whole request, so that the same request gives the same reply. */
export type Prompt = { tokens: number; cached: number; hash: string };

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
