import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { failed } from '../failed.ts';
import { isPublicAddress } from '../web/public-address.ts';
import { guardedLookup } from '../web/request.ts';
import { serverLimits } from './limits.ts';
import { createPace, floodWords } from './pace.ts';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

const withoutBody = new Set([204, 205, 304]);

const refusing = (host: string, address: string): Error =>
  failed(
    `${host} is at ${address}, which is not a public address; set local: true for this server if that is intended`,
  );

/** Bytes since the end of the last event: one message, however many parts it comes in. */
const pendingAfter = (pending: number, chunk: Buffer): number => {
  const end = Math.max(chunk.lastIndexOf('\n\n'), chunk.lastIndexOf('\n\r\n'), chunk.lastIndexOf('\r\r'));
  return end < 0 ? pending + chunk.length : chunk.length - end;
};

/** Throws when a message is too long, or the server never stops. */
async function* paced(incoming: IncomingMessage, isStream: boolean): AsyncGenerator<Buffer> {
  const pace = createPace();
  let pending = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    pending = isStream ? pendingAfter(pending, chunk) : pending + chunk.length;
    if (pending > serverLimits.messageBytes)
      throw new Error(`it sent a message of more than ${serverLimits.messageBytes / 1_000_000} MB`);
    const verdict = pace.took(chunk.length, isStream ? chunk.toString('latin1').split('\n\n').length - 1 : 0);
    if (verdict === 'floods') throw new Error(floodWords);
    if (verdict.pauseMs > 0) await delay(verdict.pauseMs);
    yield chunk;
  }
}

const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(
    Object.entries(headersDistinct).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    ),
  );

const toResponse = (incoming: IncomingMessage): Response => {
  const status = incoming.statusCode ?? 500;
  const headers = headersOf(incoming);
  if (withoutBody.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const isStream = headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true;
  const body = Readable.toWeb(
    Readable.from(paced(incoming, isStream), { objectMode: false }),
  ) as ReadableStream<Uint8Array>;
  return new Response(body, { status, statusText: incoming.statusMessage ?? '', headers });
};

/**
 * `fetch` that connects to public addresses alone, checked at the moment of the connection, unless the server is local; that
 * follows nothing; and whose answers have bounds.
 */
export const createGuardedFetch = ({ local }: { local: boolean }): { fetch: Fetch; close(): void } => {
  const isAllowed = (address: string): boolean => local || isPublicAddress(address);
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };
  const lookup = guardedLookup(isAllowed, refusing);

  const open = (url: URL, init: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const isSecure = url.protocol === 'https:';
      const { request } = isSecure ? https : http;
      const outgoing = request(url, {
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        agent: agents[isSecure ? 'https:' : 'http:'],
        ...(init.signal ? { signal: init.signal } : {}),
        lookup,
      });
      outgoing.once('response', (incoming) => resolve(toResponse(incoming)));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the server closed in this moment has not carried the request.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET') open(url, init).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(
        typeof init.body === 'string' || init.body instanceof URLSearchParams ? String(init.body) : undefined,
      );
    });

  return {
    fetch: async (address, init = {}) => {
      const url = new URL(address);
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) && !isAllowed(host)) throw refusing(url.hostname, host);
      return await open(url, init);
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
};
