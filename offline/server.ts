import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { EverturnError } from '../contracts/errors.ts';
import { complete, createPrefixCache } from './completion.ts';
import { nextMove } from './plan.ts';
import { ChatRequest } from './task.ts';

const maxBytes = 64_000_000;

/** An error with status 4xx, as providers give it. */
const refuse = (status: number, code: string, message: string) => Object.assign(new Error(message), { status, code });

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const sendError = (response: ServerResponse, error: unknown): void => {
  if (response.headersSent) return void response.destroy();
  const { status = 500, code = 'internal', message } = error as Partial<ReturnType<typeof refuse>>;
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  sendJson(response, status, { error: { message: message ?? String(error), type, code } });
};

const readChat = async (request: IncomingMessage): Promise<ChatRequest> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > maxBytes) throw refuse(413, 'body_too_large', `The body is over ${maxBytes} bytes`);
    parts.push(part as Buffer);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (error) {
    throw refuse(400, 'invalid_json', `The body is not JSON: ${String(error)}`);
  }
  const parsed = ChatRequest.safeParse(json);
  if (!parsed.success) throw refuse(400, 'invalid_request', z.prettifyError(parsed.error));
  if (parsed.data.model === 'offline') return parsed.data;
  const message = `The model '${parsed.data.model}' does not exist: the built-in offline model server has only 'offline'`;
  throw refuse(404, 'model_not_found', message);
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

type OfflineModelOptions = { port?: number; host?: string; name?: string | undefined; tokensPerSecond?: number };

/**
 * The built-in offline model: an OpenAI-compatible server on loopback whose only model, `offline`, plans from the tools
 * it is offered and answers by quoting what they return. `name`: a host name to serve in addition to loopback.
 * `tokensPerSecond`: about a word each; `Infinity` for no delay. Throws `port_taken`.
 */
export const createOfflineModel = async (options: OfflineModelOptions = {}) => {
  const { port = 0, host = '127.0.0.1', name, tokensPerSecond = 60 } = options;
  const cache = createPrefixCache();

  const completeChat = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chat = await readChat(request);
    const { whole, events, usageEvent } = complete(nextMove(chat), cache.count(chat));
    if (!chat.stream) return sendJson(response, 200, whole);
    await sendStream(response, chat.stream_options?.include_usage ? [...events, usageEvent] : events, tokensPerSecond);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { origin, host: asked = '' } = request.headers;
    const hosts = ['localhost', '127.0.0.1', '[::1]', name];
    // Only a page has an Origin, or comes under a name that leads here by a rebound DNS entry.
    if (origin !== undefined || !hosts.includes(asked.toLowerCase().replace(/:\d+$/, '')))
      throw refuse(403, 'forbidden_origin', 'Web pages are not served');
    const route = `${request.method} ${request.url?.split('?')[0]}`;
    if (route === 'POST /v1/chat/completions') return completeChat(request, response);
    const model = { id: 'offline', object: 'model', created: 0, owned_by: 'everturn' };
    if (route === 'GET /v1/models') return sendJson(response, 200, { object: 'list', data: [model] });
    throw refuse(404, 'not_found', `No route ${route}: there are POST /v1/chat/completions and GET /v1/models`);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => sendError(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Cannot listen on port ${port} for the offline model: ${cause.message}. Free the port or choose another`;
      reject(new EverturnError('port_taken', message, { cause }));
    });
    server.listen(port, host, resolve);
  });

  return {
    /** For `baseUrl`. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
