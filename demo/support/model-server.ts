import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ModelServer = {
  port: number;
  /** Requests that `answer` threw for. */
  failures: readonly string[];
  close(): Promise<void>;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

/** A provider on real HTTP: lists no models, and answers each request as `answer` does, which is given its body. */
export const serveModel = async (
  answer: (raw: string, request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<ModelServer> => {
  const failures: string[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    answer(await readBody(request), request, response);
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify({ object: 'list', data: [] }));
      return;
    }
    take(request, response).catch((error: unknown) => {
      // A client that died while it asked has asked nothing.
      if (request.destroyed && !request.complete) return;
      failures.push(String(error));
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: String(error) } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    failures,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
