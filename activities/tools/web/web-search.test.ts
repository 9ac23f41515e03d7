import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { WebSearch } from '../../../contracts/web-search.ts';
import { testContext } from '../test-context.ts';
import { createWebSearch } from './web-search.ts';

/** A provider that gives one answer, and keeps what it was asked. */
const providerOf = async (answer: unknown, status = 200) => {
  const asked: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers, body: await text(request) });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

const results = (field: string) => [
  { title: 'A <b>title</b>', url: 'https://example.com/a', [field]: 'Some &amp; words' },
];
const shown = '1. A title\n   https://example.com/a\n   Some & words';

test.each([
  ['searxng', { results: results('content') }, '/search?q=cats+and+dogs&format=json', {}],
  [
    'brave',
    { web: { results: results('description') } },
    '/res/v1/web/search?q=cats+and+dogs&count=8',
    { 'x-subscription-token': 'k' },
  ],
  ['tavily', { results: results('content') }, '/search', { authorization: 'Bearer k' }],
] as const)('%s is asked as it wants to be', async (provider, answer, address, headers) => {
  const { url, asked } = await providerOf(answer);
  const tool = createWebSearch({ provider, url, apiKeyEnv: 'KEY' }, 'k');
  expect(await tool.run({ query: 'cats and dogs' }, await testContext())).toEqual({ status: 'ok', text: shown });
  expect(asked[0]?.url).toBe(address);
  expect(asked[0]?.headers).toMatchObject(headers);
  if (provider === 'tavily')
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ query: 'cats and dogs', max_results: 8 });
});

test('what goes wrong is said, without the key', async () => {
  const ask = async (answer: unknown, status?: number) => {
    const { url } = await providerOf(answer, status);
    const tool = createWebSearch({ provider: 'searxng', url }, 'secret-key');
    return (await tool.run({ query: 'cats' }, await testContext())).text.replace(/127\.0\.0\.1:\d+/, 'HOST');
  };
  expect(await ask({ results: [] })).toBe('[Nothing was found]');
  expect(await ask('<html>')).toBe(
    'Cannot search for "cats": the answer of HOST is not one of searxng; let it answer in JSON: search.formats in its settings.yml',
  );
  expect(await ask('Too <b>many</b>', 429)).toBe('Cannot search for "cats": HOST answered 429: Too many');
  const gone = createWebSearch({ provider: 'searxng', url: 'http://127.0.0.1:1' }, undefined);
  expect((await gone.run({ query: 'cats' }, await testContext())).text).toContain('ECONNREFUSED');
});

test('a provider needs its address or its key', () => {
  const fault = (value: object): string => WebSearch.safeParse(value).error?.issues[0]?.message ?? 'none';
  expect(fault({ provider: 'searxng' })).toContain('expected the address of your SearXNG');
  expect(fault({ provider: 'brave' })).toBe('expected the variable that holds the key of brave');
  expect(fault({ provider: 'tavily', apiKeyEnv: 'TAVILY_API_KEY' })).toBe('none');
  expect(fault({ provider: 'brave', apiKeyEnv: 'EVERTURN_TOKEN' })).toContain('not one of Everturn itself');
});
