import { z } from 'zod';
import type { WebSearch } from '../../../contracts/web-search.ts';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { createGuardedFetch } from '../mcp/guarded-fetch.ts';
import { plainText } from '../mcp/plain-text.ts';
import { quote } from '../text.ts';
import type { Tool } from '../tool.ts';
import { htmlText } from './html-text.ts';
import { type Found, searchProviders } from './search-providers.ts';

const seconds = 20;
const maxResults = 20;
const snippetCharacters = 600;

export const webSearchName = 'web_search';

const show = ({ title, url, text }: Found, index: number): string =>
  [
    `${index + 1}. ${plainText(htmlText(title), 200)}`,
    `   ${plainText(url, 2000)}`,
    `   ${plainText(htmlText(text), snippetCharacters).replaceAll('\n', ' ')}`,
  ].join('\n');

/** Asks the provider that the configuration names. It is the person's own choice, so it may be on this machine. */
export const createWebSearch = ({ provider, url }: WebSearch, key: string | undefined): Tool =>
  defineTool({
    name: webSearchName,
    description: 'Search the web. Gives titles, addresses and a few lines of each; read a page with web_fetch.',
    parameters: z.strictObject({
      query: z.string().min(1).max(400),
      count: z.int().min(1).max(maxResults).default(8).describe('How many results'),
    }),
    effect: 'pure',
    permission: 'read',
    doing: ({ query }) => `search for ${quote(query, 100)}`,
    async run({ query, count }, { signal }) {
      const { request, results } = searchProviders[provider];
      const { url: address, init } = request({ query, count, url, key });
      const { fetch, close } = createGuardedFetch({ local: true });
      try {
        const response = await fetch(address, {
          ...init,
          signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
        });
        const body = await response.text();
        if (!response.ok)
          throw failed(`${address.host} answered ${response.status}: ${plainText(htmlText(body), 200)}`);
        let found: Found[];
        try {
          found = results(JSON.parse(body)).slice(0, count);
        } catch (error) {
          const hint = provider === 'searxng' ? '; let it answer in JSON: search.formats in its settings.yml' : '';
          throw failed(`the answer of ${address.host} is not one of ${provider}${hint}`, error);
        }
        return ok(found.length === 0 ? '[Nothing was found]' : found.map(show).join('\n'));
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DOMException && error.name === 'TimeoutError')
          throw failed(`${address.host} did not answer within ${seconds} s`, error);
        throw error;
      } finally {
        close();
      }
    },
  });
