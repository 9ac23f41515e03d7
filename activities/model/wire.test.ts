import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModelClient, type ModelRequest } from './client.ts';
import type { ModelClientOptions } from './connect.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const key = 'sk-canary-0123456789';
const chunk = (content: string, finish: string | null = null): string =>
  JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
const hello = `data: ${chunk('hello', 'stop')}\n\n`;

let server: Server;
let answer: Answer;
let requests: IncomingMessage[];
let sockets: Set<Socket>;
let url: string;

const listen = async (handler: Answer): Promise<Server> => {
  const listening = createServer((request, response) => {
    request.resume().once('end', () => handler(response, request));
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return listening;
};
const urlOf = (of: Server): string => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
const close = async (closing: Server): Promise<void> => {
  closing.closeAllConnections();
  await new Promise((resolve) => closing.close(resolve));
};

beforeEach(async () => {
  requests = [];
  sockets = new Set();
  server = await listen((response, request) => {
    requests.push(request);
    answer(response, request);
  });
  server.on('connection', (socket) => sockets.add(socket));
  url = `${urlOf(server)}/v1`;
});
afterEach(() => close(server));

const ask = (options: Partial<ModelClientOptions> = {}, request: Partial<ModelRequest> = {}) =>
  createModelClient({
    baseUrl: url,
    apiKey: key,
    apiKeyEnv: 'TEST_KEY',
    model: 'm1',
    timeoutMs: 5000,
    ...options,
  }).stream({
    messages: [{ role: 'user', content: 'hello' }],
    tools: [],
    signal: new AbortController().signal,
    onDelta: () => {},
    ...request,
  });

const whole = (text: string) => ({ bodies: [{ kind: 'text', role: 'assistant', text }] });

const streams =
  (...pieces: (string | Uint8Array)[]): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const next = (): void => {
      const piece = pieces.shift();
      if (piece === undefined) response.end();
      else response.write(piece, () => setImmediate(next));
    };
    next();
  };

/** A stream that never ends by itself. */
const streamsAndStays =
  (text: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text);
  };

const isClosed = () => [...sockets].every((socket) => socket.destroyed);

describe('a request', () => {
  it.each([
    ['', '/v1/chat/completions'],
    ['/', '/v1/chat/completions'],
    ['?version=1&a=b%20c', '/v1/chat/completions?version=1&a=b%20c'],
    ['/?version=1#part', '/v1/chat/completions?version=1'],
  ])('to an address that ends in "%s" goes to %s', async (ending, path) => {
    answer = streams(hello);
    await ask({ baseUrl: `${url}${ending}` });
    expect(requests[0]?.url).toBe(path);
  });

  it.each(['localhost:8080/v1', 'not an address', 'file:///etc'])('to %s is a mistake of configuration', (baseUrl) => {
    expect(() => createModelClient({ baseUrl, apiKey: null, model: 'm1', timeoutMs: 1 })).toThrow(baseUrl);
  });

  it('says who asks', async () => {
    answer = streams(hello);
    await ask();
    expect(requests[0]?.headers).toMatchObject({
      'user-agent': expect.stringMatching(/^everturn\/\d/),
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
    });
  });

  it('is not sent when its signal was aborted before', async () => {
    await expect(ask({}, { signal: AbortSignal.abort('too late') })).rejects.toBe('too late');
    expect(sockets.size).toBe(0);
  });

  it.each([302, 307, 308])('does not follow a redirect (%i) to another origin', async (status) => {
    let reached = 0;
    const other = await listen((response) => {
      reached++;
      response.end();
    });
    try {
      answer = (response) => response.writeHead(status, { location: `${urlOf(other)}/v2?token=${key}` }).end();
      const error = await ask().catch((caught: Error) => caught);
      expect(error).toMatchObject({ code: 'model_not_found', details: { status } });
      expect((error as Error).message).toContain(`a redirect to ${urlOf(other)}/v2.`);
      expect(reached).toBe(0);
    } finally {
      await close(other);
    }
  });
});

describe('a stream', () => {
  it.each([
    ['without [DONE]', [hello]],
    ['without the last blank line', [hello.trimEnd()]],
    ['with CRLF', [hello.replaceAll('\n', '\r\n'), 'data: [DONE]\r\n\r\n']],
    ['with CR', [hello.replaceAll('\n', '\r'), 'data: [DONE]\r\r']],
    ['with a byte order mark', [`\uFEFF${hello}`]],
    [
      'with comments and events without data',
      [': ping\n\nevent: ping\n\nid: 1\n\ndata:\n\n', hello, 'data: [DONE]\n\n'],
    ],
    ['in one piece', [`${hello}data: [DONE]\n\ndata: not read\n\n`]],
  ])('%s is read', async (_, pieces) => {
    answer = streams(...pieces);
    expect(await ask()).toMatchObject(whole('hello'));
  });

  it('is the same however it is cut', async () => {
    const bytes = Buffer.from(`data: ${chunk('żółw 🐢 \\n')}\r\n\r\ndata: ${chunk('!', 'stop')}\n\ndata: [DONE]\n\n`);
    answer = streams(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(await ask()).toMatchObject(whole('żółw 🐢 \\n!'));
  });

  it('stays alive by comments alone', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let left = 12;
      const timer = setInterval(() => {
        if (left-- > 0) return response.write(': keep-alive\n\n');
        clearInterval(timer);
        return response.end(hello);
      }, 100);
    };
    expect(await ask({ timeoutMs: 1000 })).toMatchObject(whole('hello'));
  });

  it.each([
    ['a line that is not JSON', 'data: {"choices"\n\n'],
    ['an event that is not a JSON object', 'data: null\n\n'],
  ])('with %s is cut', async (what, text) => {
    answer = streamsAndStays(text);
    await expect(ask()).rejects.toMatchObject({ code: 'model_stream_cut', message: expect.stringContaining(what) });
    await expect.poll(isClosed).toBe(true);
  });

  it('with a line that never ends is given up at 1 MB', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: ');
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(256 * 1024)));
      };
      response.on('drain', more);
      more();
    };
    const error = await ask().catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'model_reply_too_long' });
    expect((error as Error).message).toContain(
      `"m1" at ${url} failed: one line of the reply is longer than limits.replyLineBytes (1048576)`,
    );
    await expect.poll(isClosed).toBe(true);
  });

  it('with an event named error ends with what it says', async () => {
    answer = streams(`event: error\ndata: {"message":"context too long","type":"invalid_request_error"}\n\n`);
    await expect(ask()).rejects.toMatchObject({
      code: 'model_refused',
      message: expect.stringContaining('an error in the middle of the stream, "context too long"'),
    });
  });

  it('without any body is not a stream', async () => {
    answer = (response) => response.writeHead(204).end();
    await expect(ask()).rejects.toMatchObject({ code: 'model_not_found', message: expect.stringContaining('untyped') });
  });

  it('gives up its connection when the consumer throws', async () => {
    answer = streamsAndStays(`data: ${chunk('a')}\n\n`);
    const failed = ask(
      {},
      {
        onDelta: () => {
          throw new Error('cannot take it');
        },
      },
    );
    await expect(failed).rejects.toThrow('cannot take it');
    await expect.poll(isClosed).toBe(true);
  });

  it('gives no more deltas once its signal is aborted', async () => {
    const controller = new AbortController();
    let deltas = 0;
    answer = streamsAndStays(`data: ${chunk('a')}\n\ndata: ${chunk('b')}\n\n`);
    const onDelta = (): void => {
      deltas++;
      controller.abort('enough');
    };
    await expect(ask({}, { signal: controller.signal, onDelta })).rejects.toBe('enough');
    expect(deltas).toBe(1);
    await expect.poll(isClosed).toBe(true);
  });
});

describe('a connection', () => {
  it('is used again, even if the response ends only after the reply was taken', async () => {
    let end = (): void => {};
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`${hello}data: [DONE]\n\n`);
      end = () => response.end();
    };
    // A request that comes before the end of the last response has arrived opens a connection.
    const isShared = async (): Promise<boolean> => {
      await ask();
      end();
      return requests.at(-1)?.socket === requests.at(-2)?.socket;
    };
    expect(await isShared()).toBe(false);
    await expect.poll(isShared).toBe(true);
  });

  it('leaves nothing behind at the signal of its caller', async () => {
    const { signal } = new AbortController();
    answer = streams(hello, 'data: [DONE]\n\n');
    await ask({}, { signal });
    answer = (response) => response.writeHead(500).end();
    await ask({}, { signal }).catch(() => {});
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('that stays open after [DONE] does not hold the reply up, and is closed', async () => {
    answer = streamsAndStays(`${hello}data: [DONE]\n\n`);
    expect(await ask({ timeoutMs: 60_000 })).toMatchObject(whole('hello'));
    expect(isClosed()).toBe(false);
    await expect.poll(isClosed).toBe(true);
  });
});

describe('a refusal', () => {
  const refuses =
    (text: string, headers: Record<string, string> = {}): Answer =>
    (response) =>
      response.writeHead(429, headers).end(text);

  it.each([
    ['{"error":{"message":"slow"}}', '"slow"'],
    ['{"error":"slow"}', '"slow"'],
    ['{"message":"slow"}', '"slow"'],
    ['{"detail":[{"loc":["body"],"msg":"field required"}]}', '"[{"loc":["body"],"msg":"field required"}]"'],
    ['<h1>slow</h1>', '"<h1>slow</h1>"'],
    ['', 'no reason given'],
  ])('of the body %s says %s', async (text, said) => {
    answer = refuses(text);
    await expect(ask()).rejects.toMatchObject({
      code: 'model_rate_limited',
      message: expect.stringContaining(`HTTP 429, ${said}. Wait`),
    });
  });

  it.each([
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
  ])('with %j waits %i ms', async (headers, retryAfterMs) => {
    answer = refuses('', headers as Record<string, string>);
    await expect(ask()).rejects.toMatchObject({ details: { status: 429, retryAfterMs } });
  });

  it('keeps its status when its body breaks or does not end', async () => {
    answer = (response) => {
      response.writeHead(401).write('"no such key', () => response.destroy());
    };
    await expect(ask()).rejects.toMatchObject({ code: 'model_unauthorized' });
    answer = (response) => {
      response.writeHead(503);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
      };
      response.on('drain', more);
      more();
    };
    await expect(ask()).rejects.toMatchObject({ code: 'model_unavailable' });
    await expect.poll(isClosed).toBe(true);
  });
});
