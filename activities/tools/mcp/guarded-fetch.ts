import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { failed } from '../failed.ts';
import { isPublicAddress } from '../web/public-address.ts';
import { guardedLookup, notPublic } from '../web/request.ts';
import { serverLimits } from './limits.ts';
import { createPace, floodWords } from './pace.ts';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A kept connection is not used after it was idle for so long: servers close theirs after five seconds and more. */
const idleMs = 2000;

const isCall = ({ body }: RequestInit): boolean => typeof body === 'string' && body.includes('"tools/call"');

const withoutBody = new Set([204, 205, 304]);

const refusing = (host: string, address: string): Error =>
  failed(`${notPublic(host, address)}; set local: true for this server if that is intended`);

/** Bytes since the end of the last event: one message, however many parts it comes in. */
const pendingAfter = (pending: number, chunk: Buffer): number => {
  const end = Math.max(chunk.lastIndexOf('\n\n'), chunk.lastIndexOf('\n\r\n'), chunk.lastIndexOf('\r\r'));
  return end < 0 ? pending + chunk.length : chunk.length - end;
};

type Stream = { isStream: boolean; onId(): void };

/** Throws when a message is too long, or the server never stops. `onId`: events of a stream have ids. */
async function* paced(incoming: IncomingMessage, { isStream, onId }: Stream): AsyncGenerator<Buffer> {
  const pace = createPace();
  let pending = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (isStream && /^id:/m.test(chunk.toString('latin1'))) onId();
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

/** What is to be known of a stream of events when it is over: what was sent to get it, and whether its events have ids. */
type StreamEnded = (stream: { body: unknown; isResumable: boolean }) => void;

const toResponse = (incoming: IncomingMessage, sent: unknown, streamEnded: StreamEnded): Response => {
  const status = incoming.statusCode ?? 500;
  const headers = headersOf(incoming);
  if (withoutBody.has(status)) {
    incoming.resume();
    return new Response(null, { status, headers });
  }
  const isStream = headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') === true;
  let isResumable = false;
  if (isStream && status === 200) incoming.once('close', () => streamEnded({ body: sent, isResumable }));
  const onId = (): void => {
    isResumable = true;
  };
  const body = Readable.toWeb(
    Readable.from(paced(incoming, { isStream, onId }), { objectMode: false }),
  ) as ReadableStream<Uint8Array>;
  return new Response(body, { status, statusText: incoming.statusMessage ?? '', headers });
};

/**
 * `fetch` that connects to public addresses alone, checked at the moment of the connection, unless the server is local; that
 * follows nothing; and whose answers have bounds.
 */
export const createGuardedFetch = ({
  local,
  streamEnded = () => undefined,
}: {
  local: boolean;
  streamEnded?: StreamEnded;
}): { fetch: Fetch; close(): void } => {
  const isAllowed = (address: string): boolean => local || isPublicAddress(address);
  const kept = { keepAlive: true, timeout: idleMs };
  const agents = { 'http:': new http.Agent(kept), 'https:': new https.Agent(kept) };
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
      outgoing.once('response', (incoming) => resolve(toResponse(incoming, init.body, streamEnded)));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server may have closed the kept connection in this moment; or it died of the request, which it then must not get twice.
        const isSafe = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isCall(init);
        if (isSafe) open(url, init).then(resolve, reject);
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
