import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createScriptedModel, type ScriptedModel } from '../../test/support/scripted-model.ts';
import { createModelClient } from './client.ts';

let model: ScriptedModel;
let proxy: Server;
let seen: string[];
let isOpen: boolean;
beforeEach(async () => {
  seen = [];
  isOpen = true;
  model = await createScriptedModel();
  const target = new URL(model.url);
  proxy = createServer((asked, answer) => {
    seen.push(`${asked.method} ${asked.url} ${asked.headers['proxy-authorization']}`);
    if (!isOpen) {
      answer.writeHead(407, { 'content-type': 'text/html' }).end('<h1>Proxy Authentication Required</h1>');
      return;
    }
    const onward = request({
      host: target.hostname,
      port: target.port,
      method: asked.method,
      path: new URL(asked.url ?? '').pathname,
      headers: { ...asked.headers, host: target.host },
    });
    onward.once('response', (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    asked.pipe(onward);
  });
  proxy.on('connect', ({ url }, socket) => {
    seen.push(`CONNECT ${url}`);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await model.close();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const ask = (baseUrl: string, port = portOf(proxy)) => {
  const address = `http://me:secret@127.0.0.1:${port}`;
  const proxies = { http_proxy: address, https_proxy: address, no_proxy: 'localhost,127.0.0.1' };
  model.script([{ reply: { text: 'hello' } }]);
  return createModelClient({ baseUrl, apiKey: 'sk', model: 'm', timeoutMs: 5000, proxies }).stream({
    messages: [{ role: 'user', content: 'hello' }],
    tools: [],
    signal: new AbortController().signal,
    onDelta: () => {},
  });
};

it('a provider is asked through the proxy of the environment', async () => {
  const { bodies } = await ask('http://model.example/v1');
  expect(bodies).toEqual([{ kind: 'text', role: 'assistant', text: 'hello' }]);
  const basic = Buffer.from('me:secret').toString('base64');
  expect(seen).toEqual([`POST http://model.example/v1/chat/completions Basic ${basic}`]);
});

it('a model on this machine is asked directly', async () => {
  await ask(model.url);
  expect(seen).toEqual([]);
});

it('a proxy that lets nobody through is an error with its words, and without its password', async () => {
  const error = await ask('https://model.example/v1').catch((cause: unknown) => cause);
  expect(seen).toEqual(['CONNECT model.example:443']);
  expect(error).toMatchObject({
    code: 'model_unavailable',
    message: expect.stringContaining('Proxy Authentication Required'),
  });
  expect(String(error)).toContain(`the proxy 127.0.0.1:${portOf(proxy)} did not connect`);
  expect(String(error)).toContain('Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY');
  expect(String(error)).not.toContain('secret');
});

it('a proxy that asks for a password is not taken for the provider', async () => {
  isOpen = false;
  const error = await ask('http://model.example/v1').catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'model_unavailable', details: { status: 407, kind: 'unavailable' } });
  expect(String(error)).toContain('Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY');
});

it('a proxy that is not there is named', async () => {
  const port = portOf(proxy);
  await new Promise((resolve) => proxy.close(resolve));
  for (const baseUrl of ['http://model.example/v1', 'https://model.example/v1']) {
    const error = await ask(baseUrl, port).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'model_unavailable' });
    expect(String(error)).toContain(`the proxy 127.0.0.1:${port} did not connect (connect ECONNREFUSED`);
    expect(String(error)).not.toContain('secret');
  }
});
