import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { EverturnError } from '../../contracts/errors.ts';
import type { Role } from '../../contracts/users.ts';
import { FakeRuns } from './fake-runs.ts';
import { FakeSessions, type FakeSessionsOptions } from './fake-sessions.ts';
import { FakeSubagents } from './fake-subagents.ts';
import { routesOf } from './routes.ts';

export type DevServerOptions = Partial<FakeSessionsOptions> & {
  port?: number;
  token?: string;
  /** Of the user whose token it is. Default: admin. */
  role?: Role;
  /** The label of the model, of a provider. Default: the offline model. */
  model?: string;
  /** Where the built console lies; default: what `npm run build:ui` wrote. */
  dist?: URL;
};
export type DevServer = {
  url: string;
  port: number;
  token: string;
  fakeSessions: FakeSessions;
  fakeRuns: FakeRuns;
  fakeSubagents: FakeSubagents;
  /** Cuts every connection; `away` refuses new ones until it is called with false. */
  cut(): void;
  away(away: boolean): void;
  /** Leaves connections open and sends nothing until it is called with false. */
  hang(hang: boolean): void;
  close(): Promise<void>;
};

const types: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html dompurify everturn";
const heartbeatMs = 2_000;

const json = (response: ServerResponse, status: number, body: unknown, type = 'application/json'): void => {
  response.writeHead(status, { 'content-type': type });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};

const fail = (response: ServerResponse, cause: unknown): void => {
  const error = cause instanceof EverturnError ? cause : new EverturnError('bad_request', String(cause));
  const { code, status, message: detail, retryable, details } = error;
  json(
    response,
    status,
    { type: 'about:blank', title: code, status, detail, code, retryable, details },
    'application/problem+json',
  );
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
};

/** Whether the server hangs: connections stand, and nothing comes. */
type Pulse = { isHung: boolean };

const startStream = (response: ServerResponse, pulse: Pulse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': hello\n\n');
  const beat = setInterval(() => {
    if (!pulse.isHung) response.write(': beat\n\n');
  }, heartbeatMs);
  response.on('close', () => clearInterval(beat));
};

type Followed<Event> = {
  events: Event[];
  listeners: Set<(event: Event) => void>;
  /** What a viewer needs first, and its position. */
  snapshot(): { position: number; body: unknown };
};

const follow = <Event extends { position: number }>(
  stream: Followed<Event>,
  request: IncomingMessage,
  response: ServerResponse,
  pulse: Pulse,
): void => {
  const last = request.headers['last-event-id'];
  startStream(response, pulse);
  const send = (event: Event): void => {
    response.write(`event: event\nid: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  if (typeof last === 'string') for (const event of stream.events.slice(Number(last))) send(event);
  else {
    const { position, body } = stream.snapshot();
    response.write(`event: snapshot\nid: ${position}\ndata: ${JSON.stringify(body)}\n\n`);
  }
  stream.listeners.add(send);
  response.on('close', () => stream.listeners.delete(send));
};

const watch = (fakeSessions: FakeSessions, fakeRuns: FakeRuns, response: ServerResponse, pulse: Pulse): void => {
  startStream(response, pulse);
  const send = (change: { sessionId: string | null; runId: string | null }): void => {
    response.write(`event: changed\ndata: ${JSON.stringify(change)}\n\n`);
  };
  const ofSession = (sessionId: string): void => send({ sessionId, runId: null });
  const ofRun = (runId: string): void => send({ sessionId: null, runId });
  fakeSessions.listeners.add(ofSession);
  fakeRuns.listeners.add(ofRun);
  response.on('close', () => {
    fakeSessions.listeners.delete(ofSession);
    fakeRuns.listeners.delete(ofRun);
  });
};

const sendFile = async (dist: URL, path: string, response: ServerResponse): Promise<void> => {
  const name = /^\/(?:assets\/[\w.-]+|favicon\.svg)$/.test(path) ? path.slice(1) : 'index.html';
  const status = name !== 'index.html' || /^\/(?:$|[sr]\/)/.test(path) ? 200 : 404;
  const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  const file = await readFile(new URL(name, dist));
  response.writeHead(status, { 'content-type': type, 'content-security-policy': policy }).end(file);
};

/** The built console and an API of the same contracts over sessions in memory. */
export const startDevServer = async (options: DevServerOptions = {}): Promise<DevServer> => {
  const { pace = 25, workspace = '/home/ada/lantern', token = 'development-token', role = 'admin' } = options;
  const dist = options.dist ?? new URL('../dist/', import.meta.url);
  let isAway = false;
  const pulse: Pulse = { isHung: false };
  const fakeSessions = new FakeSessions({ pace, workspace });
  const fakeRuns = new FakeRuns(workspace);
  const fakeSubagents = new FakeSubagents((sessionId) => fakeSessions.changed(sessionId));
  const health = {
    status: 'ok' as const,
    version: '0.1.0',
    postgres: true,
    temporal: true,
    workers: 1,
    scriptWorkers: 1,
    model: options.model ? { label: options.model, offline: false } : { label: 'offline (built in)', offline: true },
    temporalUi: 'http://127.0.0.1:8233',
    workspace,
    user: { name: 'owner', role },
  };
  const routes = [...fakeSubagents.routes(), ...routesOf(fakeSessions, fakeRuns, health)];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith('/api/')) return sendFile(dist, url.pathname, response);
    if (request.headers.authorization !== `Bearer ${token}`) {
      throw new EverturnError('unauthorized', 'The token is missing or wrong. It stands in .everturn/token');
    }
    const path = url.pathname.slice('/api'.length);
    const [, kind, id = ''] = /^\/(sessions|runs)\/([^/]+)\/events$/.exec(path) ?? [];
    if (kind === 'sessions') {
      const { stream } = fakeSessions.entry(decodeURIComponent(id));
      const { events, listeners } = stream;
      const snapshot = () => ({ position: stream.view.position, body: stream.snapshot() });
      return follow({ events, listeners, snapshot }, request, response, pulse);
    }
    if (kind === 'runs') {
      const stream = fakeRuns.run(decodeURIComponent(id));
      const { events, listeners } = stream;
      const snapshot = () => ({ position: stream.view.position, body: stream.detail() });
      return follow({ events, listeners, snapshot }, request, response, pulse);
    }
    if (path === '/events') return watch(fakeSessions, fakeRuns, response, pulse);
    for (const route of routes) {
      const match = route.method === request.method ? route.path.exec(path) : null;
      if (!match) continue;
      const key = request.headers['idempotency-key'];
      const params = match.slice(1).flatMap((part) => (part === undefined ? [] : [decodeURIComponent(part)]));
      const query = Object.fromEntries(url.searchParams);
      const reply = route.answer({
        params,
        query,
        body: await bodyOf(request),
        key: typeof key === 'string' ? key : undefined,
      });
      if (reply.text !== undefined)
        return void response.writeHead(200, { 'content-type': 'text/markdown' }).end(reply.text);
      return json(response, reply.status, reply.body);
    }
    throw new EverturnError('not_found', `There is no ${request.method} ${path}`);
  };

  const server = createServer((request, response) => {
    if (isAway) return void request.destroy();
    if (pulse.isHung) return;
    answer(request, response).catch((cause: unknown) => fail(response, cause));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('Cannot find the port of the development server');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    token,
    fakeSessions,
    fakeRuns,
    fakeSubagents,
    cut: () => server.closeAllConnections(),
    hang: (hang) => {
      pulse.isHung = hang;
    },
    away: (away) => {
      isAway = away;
      if (away) server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

if (import.meta.main) {
  const server = await startDevServer({ port: 4100 });
  console.log(`${server.url}/#token=${server.token}`);
}
