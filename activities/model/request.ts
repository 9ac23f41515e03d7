import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Answer, Connection } from './connect.ts';
import { httpError, redirectError } from './failures.ts';
import { unpack } from './unpack.ts';

const maxReasonLength = 64 * 1024;

/** What a refusal says, as far as it arrives: the status counts even if the connection breaks after it. */
const readReason = async (answer: Readable, heard: () => void): Promise<string> => {
  answer.setEncoding('utf8');
  let text = '';
  try {
    for await (const piece of answer) {
      heard();
      text += piece;
      if (text.length >= maxReasonLength) break;
    }
  } catch {}
  return text;
};

const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(
    Object.entries(headersDistinct).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    ),
  );

/** A kept connection that the server closes in the moment of a request has not carried it: another one is opened. */
const isStale = (request: http.ClientRequest, error: unknown): boolean =>
  request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';

type Options = { signal: AbortSignal; hold?: (() => Promise<void>) | undefined };

/** Resolves when what is written goes out at once. */
const ready = async (socket: Socket): Promise<void> => {
  if (socket.connecting || (socket instanceof TLSSocket && !socket.getProtocol())) {
    await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect');
  }
};

const open = (
  { url, headers, agents }: Pick<Connection, 'url' | 'headers' | 'agents'>,
  body: Buffer,
  options: Options,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { request: start } = url.protocol === 'https:' ? https : http;
    const agent = agents[url.protocol === 'https:' ? 'https:' : 'http:'];
    const length = { 'content-length': body.byteLength };
    const { signal, hold } = options;
    const request = start(url, { method: 'POST', headers: { ...headers, ...length }, agent, signal });
    request.on('response', resolve);
    request.on('error', (error) => {
      if (isStale(request, error)) open({ url, headers, agents }, body, options).then(resolve, reject);
      else reject(error);
    });
    // Connecting takes time in which the right to send can be lost. Headers go out with the body.
    const sendHeld = async (socket: Socket): Promise<void> => {
      await ready(socket);
      await hold?.();
      request.end(body);
    };
    request.once('socket', (socket) => void sendHeld(socket).catch((error: Error) => request.destroy(error)));
  });

/** Sends a request. Throws an `EverturnError` for every answer but success, and what `node:http` throws. */
export const send = async (
  connection: Connection,
  text: string,
  { heard, ...options }: Options & { heard: () => void },
): Promise<Answer> => {
  const { url, provider } = connection;
  const incoming = await open(connection, Buffer.from(text), options);
  heard();
  const body = unpack(incoming);
  const answer: Answer = { status: incoming.statusCode ?? 0, headers: headersOf(incoming), url, body };
  if (answer.status >= 200 && answer.status < 300) return answer;
  const reason = await readReason(body, heard);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  throw isRedirect ? redirectError(provider, answer) : httpError(provider, answer, reason);
};
