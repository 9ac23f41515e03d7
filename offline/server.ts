import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EverturnError } from '../contracts/errors.ts';
import { type Completion, complete, toEvents, toJson } from './completion.ts';
import { nextMove } from './plan.ts';
import { ChatRequest } from './request.ts';
import { createPrefixCache } from './usage.ts';

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

const maxBytes = 64_000_000;

type Refusal = { status: number; code: string; message: string };
const isRefusal = (value: ChatRequest | Refusal): value is Refusal => 'status' in value && 'code' in value;

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const refuse = (response: ServerResponse, { status, code, message }: Refusal): void =>
  sendJson(response, status, { error: { message, type: 'invalid_request_error', param: null, code } });

const readText = async (request: IncomingMessage): Promise<string | null> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > maxBytes) return null;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
};

const parseRequest = (text: string | null): ChatRequest | Refusal => {
  if (text === null) return { status: 413, code: 'body_too_large', message: `The body is over ${maxBytes} bytes` };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { status: 400, code: 'invalid_json', message: `The body is not JSON: ${String(error)}` };
  }
  const parsed = ChatRequest.safeParse(json);
  if (!parsed.success) return { status: 400, code: 'invalid_request', message: z.prettifyError(parsed.error) };
  if (parsed.data.model !== 'offline') {
    const message = `The model '${parsed.data.model}' does not exist: this is the built-in offline model server, it has 'offline' only`;
    return { status: 404, code: 'model_not_found', message };
  }
  return parsed.data;
};

const sendStream = async (response: ServerResponse, events: readonly object[], perSecond: number): Promise<void> => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const startedAt = performance.now();
  for (const [index, event] of events.entries()) {
    const wait = startedAt + (index * 1000) / perSecond - performance.now();
    if (wait > 1) await delay(wait);
    if (response.destroyed) return;
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
};

export type OfflineModelOptions = {
  /** Default: any free one. */
  port?: number;
  /** Where it listens. Default: 127.0.0.1. */
  host?: string;
  /** The name under which other containers ask it. Default: it answers under loopback names alone. */
  name?: string | undefined;
  /** How fast it seems to write; about a word each. Default 60; `Infinity` for no delay. */
  tokensPerSecond?: number;
};

/**
 * The built-in offline model: an OpenAI-compatible server on loopback whose only model, `offline`, plans from the tools
 * it is offered and answers by quoting what they return. Throws `port_taken`.
 */
export const createOfflineModel = async ({
  port = 0,
  host = '127.0.0.1',
  name,
  tokensPerSecond = 60,
}: OfflineModelOptions = {}) => {
  const cache = createPrefixCache();
  const created = (): number => Math.floor(Date.now() / 1000);

  const completeChat = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chat = parseRequest(await readText(request));
    if (isRefusal(chat)) return refuse(response, chat);
    const completion: Completion = complete(chat, nextMove(chat), cache.count(chat));
    if (!chat.stream) return sendJson(response, 200, toJson(completion, created()));
    const events = toEvents(completion, created(), chat.stream_options?.include_usage ?? false);
    await sendStream(response, events, tokensPerSecond);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    if (route === 'POST /v1/chat/completions') return completeChat(request, response);
    if (route === 'GET /v1/models') {
      const model = { id: 'offline', object: 'model', created: 0, owned_by: 'everturn' };
      return sendJson(response, 200, { object: 'list', data: [model] });
    }
    const message = `No route ${route}: there are POST /v1/chat/completions and GET /v1/models`;
    refuse(response, { status: 404, code: 'not_found', message });
  };

  const isOurs = (asked: string): boolean =>
    loopback.test(asked) || (name !== undefined && asked.split(':')[0] === name);

  const server = createServer((request, response) => {
    // Only a page has an Origin, or comes under a name that leads here by a rebound DNS entry.
    if (request.headers.origin !== undefined || !isOurs(request.headers.host ?? '')) {
      const message = 'Web pages are not served';
      return refuse(response, { status: 403, code: 'forbidden_origin', message });
    }
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: { message: String(error), type: 'server_error', code: 'internal' } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Cannot listen on port ${port} for the offline model: ${cause.message}. Free the port or choose another`;
      reject(new EverturnError('port_taken', message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;

  return {
    /** For `baseUrl`. */
    url: `http://127.0.0.1:${bound.port}/v1`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
