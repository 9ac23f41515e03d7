import { z } from 'zod';
import type { WebSearch } from '../../../contracts/web-search.ts';

export type Found = { title: string; url: string; text: string };

type Asked = { query: string; count: number; url: string | undefined; key: string | undefined };
type Provider = {
  request(asked: Asked): { url: URL; init: RequestInit };
  results(answer: unknown): Found[];
};

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const SearxngAnswer = z.object({ results: z.array(z.object({ title: text, url: z.string(), content: text })) });
const BraveAnswer = z.object({
  web: z.object({ results: z.array(z.object({ title: text, url: z.string(), description: text })) }).optional(),
});
const TavilyAnswer = z.object({ results: z.array(z.object({ title: text, url: z.string(), content: text })) });

const json = { accept: 'application/json' };

const searchUrl = (base: string, pathname: string, query: Record<string, string>): URL => {
  const url = new URL(base);
  if (url.pathname === '/') url.pathname = pathname;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

export const searchProviders: Record<WebSearch['provider'], Provider> = {
  searxng: {
    request: ({ query, url = '' }) => ({
      url: searchUrl(url, '/search', { q: query, format: 'json' }),
      init: { headers: json },
    }),
    results: (answer) =>
      SearxngAnswer.parse(answer).results.map(({ title, url, content }) => ({ title, url, text: content })),
  },
  brave: {
    request: ({ query, count, key = '', url = 'https://api.search.brave.com' }) => ({
      url: searchUrl(url, '/res/v1/web/search', { q: query, count: String(count) }),
      init: { headers: { ...json, 'x-subscription-token': key } },
    }),
    results: (answer) =>
      (BraveAnswer.parse(answer).web?.results ?? []).map(({ title, url, description }) => ({
        title,
        url,
        text: description,
      })),
  },
  tavily: {
    request: ({ query, count, key = '', url = 'https://api.tavily.com' }) => ({
      url: searchUrl(url, '/search', {}),
      init: {
        method: 'POST',
        headers: { ...json, 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query, max_results: count }),
      },
    }),
    results: (answer) =>
      TavilyAnswer.parse(answer).results.map(({ title, url, content }) => ({ title, url, text: content })),
  },
};
