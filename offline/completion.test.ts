import { expect, it } from 'vitest';
import { createPrefixCache } from './completion.ts';
import type { ChatRequest } from './task.ts';

const request = (...contents: string[]) => ({
  model: 'offline',
  tools: [],
  messages: contents.map((content): ChatRequest['messages'][number] => ({ role: 'user', content, tool_calls: [] })),
});

it('forgets the prefixes that were not requested lately', () => {
  const cache = createPrefixCache(4);
  const { tokens } = cache.count(request('a'));
  expect(cache.count(request('a')).cached).toBe(tokens);
  for (const other of ['b', 'c']) cache.count(request(other));
  expect(cache.count(request('a')).cached).toBe(tokens);
  for (const other of ['d', 'e', 'f', 'g']) cache.count(request(other));
  expect(cache.count(request('a')).cached).toBe(0);
});
