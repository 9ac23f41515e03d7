import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Health } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Role } from '../../contracts/users.ts';
import { type Pulse, problemOf, sendEvents } from './events.ts';
import { FakeBeside } from './fake-beside.ts';
import { FakeOperations } from './fake-operations.ts';
import { FakeRuns } from './fake-runs.ts';
import { FakeSessions, type FakeSessionsOptions } from './fake-sessions.ts';
import { FakeSubagents } from './fake-subagents.ts';
import { FakeWorkflows } from './fake-workflows.ts';
import { operateRoutesOf } from './operate-routes.ts';
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
  /** What `/health` says from now on. */
  health: Health;
  fakeBeside: FakeBeside;
  fakeWorkflows: FakeWorkflows;
  fakeOperations: FakeOperations;
  /** Cuts every connection; `away` refuses new ones until it is called with false. */
  cut(): void;
  away(away: boolean): void;
  /** Leaves connections open and sends nothing until it is called with false. */
  hang(hang: boolean): void;
  /** Refuses the token from now on, and ends its streams. */
  revoke(token: string): void;
  /** Another token that is accepted. */
  addToken(token: string): void;
  /** How many streams of events are open. */
  streams(): number;
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
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types lit-html dompurify everturn";

const json = (response: ServerResponse, status: number, body: unknown, type = 'application/json'): void => {
  response.writeHead(status, { 'content-type': type });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};

const fail = (response: ServerResponse, cause: unknown): void => {
  // An event stream that has begun.
  if (response.headersSent) return void response.destroy();
  const problem = problemOf(cause);
  json(response, problem.status, problem, 'application/problem+json');
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
};

const sendFile = async (dist: URL, path: string, takesBrotli: boolean, response: ServerResponse): Promise<void> => {
  const name = /^\/(?:assets\/[\w.-]+|favicon\.svg)$/.test(path) ? path.slice(1) : 'index.html';
  const status =
    name !== 'index.html' || /^\/(?:$|[srw]\/|(?:sessions|runs|inbox|schedules|usage|health|settings)$)/.test(path)
      ? 200
      : 404;
  const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  const head = { 'content-type': type, 'content-security-policy': policy };
  const compressed = takesBrotli ? await readFile(new URL(`${name}.br`, dist)).catch(() => null) : null;
  if (compressed) response.writeHead(status, { ...head, 'content-encoding': 'br' }).end(compressed);
  else response.writeHead(status, head).end(await readFile(new URL(name, dist)));
};

/** The built console and an API of the same contracts over sessions in memory. */
export const startDevServer = async (options: DevServerOptions = {}): Promise<DevServer> => {
  const { pace = 25, workspace = '/home/ada/lantern', token = 'development-token', role = 'admin' } = options;
  const dist = options.dist ?? new URL('../dist/', import.meta.url);
  let isAway = false;
  const tokens = new Set([token]);
  const open = new Map<ServerResponse, string>();
  const pulse: Pulse = { isHung: false };
  const unanswered: (() => void)[] = [];
  const fakeSessions = new FakeSessions({ pace, workspace });
  const fakeRuns = new FakeRuns(workspace);
  const fakeBeside = new FakeBeside(fakeSessions);
  const fakeWorkflows = new FakeWorkflows();
  const fakeOperations = new FakeOperations();
  const fakeSubagents = new FakeSubagents((sessionId) => fakeSessions.changed(sessionId));
  const health: Health = {
    status: 'ok',
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
  const routes = [
    ...fakeBeside.routes(),
    ...fakeSubagents.routes(),
    ...fakeWorkflows.routes(),
    ...operateRoutesOf(fakeOperations, fakeSessions, fakeRuns),
    ...routesOf(fakeSessions, fakeRuns, fakeBeside, health),
  ];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith('/api/')) {
      const encodings = String(request.headers['accept-encoding'] ?? '');
      return sendFile(dist, url.pathname, /\bbr\b/.test(encodings), response);
    }
    const given = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    if (!tokens.has(given)) {
      throw new EverturnError('unauthorized', 'The token is missing or wrong. It stands in .everturn/token');
    }
    const path = url.pathname.slice('/api'.length);
    if (path === '/events') {
      open.set(response, given);
      response.on('close', () => open.delete(response));
      sendEvents({ fakeSessions, fakeRuns, pulse }, url.searchParams.getAll('follow'), response);
      return;
    }
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
    const go = (): void => void answer(request, response).catch((cause: unknown) => fail(response, cause));
    if (pulse.isHung) unanswered.push(go);
    else go();
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
    health,
    fakeBeside,
    fakeWorkflows,
    fakeOperations,
    cut: () => server.closeAllConnections(),
    hang: (hang) => {
      pulse.isHung = hang;
      if (!hang) for (const go of unanswered.splice(0)) go();
    },
    revoke: (revoked) => {
      tokens.delete(revoked);
      for (const [response, of] of open) if (of === revoked) response.destroy();
    },
    addToken: (added) => void tokens.add(added),
    streams: () => open.size,
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
