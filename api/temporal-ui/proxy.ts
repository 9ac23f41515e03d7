import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createForeignCheck } from '../access/foreign.ts';
import { entrance, entrancePath, entrancePolicy } from './entrance.ts';
import type { UiSessions } from './session.ts';

export type TemporalUiOptions = {
  /** Where Temporal UI listens. */
  upstream: string;
  host: string;
  port: number;
  sessions: UiSessions;
  /** Beside the loopback names. */
  allowedHosts: readonly string[];
  /** In PEM: that of the API. Default: plain HTTP. */
  tls?: { cert: string; key: string } | null;
};

const maxBytes = 4096;

/** Of one connection, or about it: not passed on. */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-connection',
]);
/** The page decides itself who may read and frame it. */
const ofOrigin = /^access-control-/i;

const ofOurs = /^(?:__Host-)?everturn[-_]/;

const passedOn = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name) && !ofOrigin.test(name)));

/** Cookies know no ports: those of the console come too. */
const cookiesBut = (header = ''): string =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !ofOurs.test(pair))
    .join('; ');

const answer = (response: ServerResponse, status: number, type: string, body: string, headers = {}): void => {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': entrancePolicy,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end(body);
};

/** The body of the form; null when it is too long. */
const readForm = async (incoming: IncomingMessage): Promise<URLSearchParams | null> => {
  let text = '';
  for await (const part of incoming) {
    text += String(part);
    if (text.length > maxBytes) return null;
  }
  return new URLSearchParams(text);
};

/**
 * Temporal UI trusts everyone who reaches its port, including pages of other sites. It listens where no page finds it, and
 * this is its gate: the Host must be allowed, and a request comes from one of its own pages or is a user's
 * navigation, and the browser has a session.
 */
export const startTemporalUi = async (options: TemporalUiOptions) => {
  const { upstream, host, port, sessions, allowedHosts, tls = null } = options;
  const foreignBy = createForeignCheck(allowedHosts);
  const target = new URL(upstream);

  /** Null when the request may come in, apart from its session. */
  const whyForeign = ({ method, headers }: IncomingMessage): string | null => {
    const foreign = foreignBy(headers);
    if (foreign !== null) return `${foreign.kind === 'host' ? 'the host' : 'a page of'} ${foreign.name}`;
    const { origin } = headers;
    const isReading = method === 'GET' || method === 'HEAD';
    // Every browser of today sends one.
    if (!isReading && origin === undefined) return 'a change without an Origin';
    const site = headers['sec-fetch-site'];
    const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
    const isOwn = site === undefined || site === 'same-origin' || site === 'none' || (isReading && isNavigation);
    return isOwn ? null : `a request of another page (${String(site)})`;
  };

  const enter = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const given = (await readForm(incoming))?.get('token') ?? '';
    if (!sessions.isToken(given)) return answer(response, 401, 'text/html', entrance(true));
    response.writeHead(303, { location: '/', 'set-cookie': sessions.cookie(), 'cache-control': 'no-store' });
    response.end();
  };

  const pass = (incoming: IncomingMessage, response: ServerResponse): void => {
    const { method, url, headers } = incoming;
    // They name the door, or open it.
    const { origin: _origin, referer: _referer, authorization: _authorization, cookie, ...rest } = headers;
    const theirs = cookiesBut(cookie);
    const passed = request(
      {
        hostname: target.hostname,
        port: target.port,
        method,
        path: url,
        headers: { ...passedOn(rest), ...(theirs ? { cookie: theirs } : {}), host: target.host },
      },
      (reply) => {
        response.writeHead(reply.statusCode ?? 502, {
          ...passedOn(reply.headers),
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
        });
        reply.pipe(response);
        reply.once('error', () => response.destroy());
      },
    );
    passed.once('error', () => {
      if (response.headersSent) return void response.destroy();
      answer(response, 502, 'text/plain', 'Cannot reach Temporal UI: it is starting, or Temporal is down');
    });
    response.once('close', () => passed.destroy());
    incoming.pipe(passed);
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const foreign = whyForeign(incoming);
    if (foreign !== null) return answer(response, 403, 'text/plain', `Cannot serve ${foreign}`);
    if (incoming.method === 'POST' && incoming.url === entrancePath) return await enter(incoming, response);
    if (!(await sessions.isOpen(incoming.headers.cookie))) return answer(response, 401, 'text/html', entrance(false));
    pass(incoming, response);
  };

  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    serve(incoming, response).catch(() => {
      if (response.headersSent) return void response.destroy();
      answer(response, 503, 'text/plain', 'Cannot look the session up: Postgres is away. Try again');
    });
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
