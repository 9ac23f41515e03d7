import { createServer, type IncomingMessage } from 'node:http';

export type TurnRequest = { session: string; turn: number; text: string };

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString());
};

/** A program that answers when the turn is over, and tells its parent when it serves. */
export const serveTurns = (port: number, run: (request: TurnRequest) => Promise<void>): void => {
  const server = createServer(async (request, response) => {
    try {
      await run((await readJson(request)) as TurnRequest);
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.listen(port, '127.0.0.1', () => process.send?.({ type: 'ready' }));
  process.once('SIGTERM', () => process.exit(0));
};
