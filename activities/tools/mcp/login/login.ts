import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { EverturnError } from '../../../../contracts/errors.ts';
import type { McpServer } from '../../../../contracts/mcp.ts';
import packageJson from '../../../../package.json' with { type: 'json' };
import { createGuardedFetch, type Fetch } from '../guarded-fetch.ts';
import { codeIn, isAnswer, pastedAnswer } from './answers.ts';
import { openLogin } from './login-file.ts';
import { createOAuthProvider } from './provider.ts';

type LoginOptions = {
  name: string;
  config: McpServer;
  /** Values of variables that the configuration names. */
  value(name: string): string | undefined;
  /** Shows a person where to sign in. */
  show(url: URL): void;
  /** What they paste: the address where their browser ended, when it runs on another machine. */
  pasted?: { lines: AsyncIterable<string>; complain(why: string): void };
  signal: AbortSignal;
  /** Where logins are kept. Default: in the person's home. */
  folder?: string;
};

const failed = (name: string, why: string, cause?: unknown): EverturnError =>
  new EverturnError('mcp_login_failed', `Cannot sign in at ${name}: ${why}`, { cause });

/** Where the provider sends the person back to, with what it says. */
const openCallback = async (port: number) => {
  const { promise, resolve } = Promise.withResolvers<URLSearchParams>();
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isEnd = pathname === '/callback' && isAnswer(searchParams);
    response.writeHead(isEnd ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(
      isEnd ? 'Everturn has the answer. You can close this page and look at the terminal.\n' : 'Not found\n',
    );
    if (isEnd) resolve(searchParams);
  });
  const listen = (wanted: number): Promise<void> =>
    new Promise((done, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        done();
      });
    });
  await listen(port).catch(() => listen(0));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}/callback`,
    answer: promise,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** What the server says to one who is not signed in. */
const greet = (fetch: Fetch, url: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'everturn', version: packageJson.version },
      },
    }),
  });

/** Signs a person in at a server over HTTP, in their browser, and keeps what the server gives. Throws `mcp_login_failed`. */
export const loginAtServer = async (options: LoginOptions): Promise<{ file: string }> => {
  const { name, config, value, show, pasted, signal, folder } = options;
  const { url, oauth } = config;
  if (url === undefined)
    throw failed(name, 'it is a program, not a server over HTTP; give it what it needs by env and envFrom');
  const { auth, extractWWWAuthenticateParams } = await import('@modelcontextprotocol/sdk/client/auth.js');
  const login = openLogin(url, folder);
  const guarded = createGuardedFetch({ local: config.local === true });
  const saved = login.read();
  const port = oauth?.port ?? Number(saved?.redirectUrl ? new URL(saved.redirectUrl).port : 0);
  const callback = await openCallback(port);
  try {
    const answer = await greet(guarded.fetch, url).catch((error: unknown) => {
      throw failed(name, (error as Error).message, error);
    });
    await answer.body?.cancel();
    if (answer.status !== 401) throw failed(name, `it needs no login (status ${answer.status})`);
    if (oauth?.port !== undefined && callback.url !== `http://127.0.0.1:${oauth.port}/callback`)
      throw failed(name, `the port ${oauth.port}, which oauth.port names, is taken`);
    const asked = extractWWWAuthenticateParams(answer);
    // A registration is for one address to come back to.
    login.change({
      tokens: undefined,
      discovery: undefined,
      ...(saved?.redirectUrl === callback.url ? {} : { client: undefined }),
    });
    const { provider, state } = createOAuthProvider({
      login,
      oauth,
      clientSecret: oauth?.clientSecretFrom && value(oauth.clientSecretFrom),
      redirectUrl: callback.url,
      onRedirect: show,
    });
    const common = {
      serverUrl: url,
      fetchFn: guarded.fetch,
      ...(asked.resourceMetadataUrl ? { resourceMetadataUrl: asked.resourceMetadataUrl } : {}),
      ...(asked.scope === undefined ? {} : { scope: asked.scope }),
    };
    await auth(provider, common);
    const given = await Promise.race([
      callback.answer,
      ...(pasted ? [pastedAnswer({ ...pasted, callback: callback.url, state })] : []),
      new Promise<never>((_resolve, reject) => {
        const stop = (): void => reject(failed(name, 'no one signed in in time'));
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop, { once: true });
      }),
    ]);
    await auth(provider, { ...common, authorizationCode: codeIn(given, state) });
    login.change({ redirectUrl: callback.url });
    return { file: login.file };
  } catch (error) {
    if (login.read()?.tokens === undefined) login.remove();
    throw error instanceof EverturnError ? error : failed(name, (error as Error).message, error);
  } finally {
    callback.close();
    guarded.close();
  }
};

/** Says whether there was a login. */
export const logoutOf = ({ url = '' }: McpServer, folder?: string): boolean => openLogin(url, folder).remove();
