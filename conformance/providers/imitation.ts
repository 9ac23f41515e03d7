import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { always } from './demands.ts';
import type { Answer, Asked, Demand, Row } from './row.ts';
import { done } from './words.ts';

export type Received = { asked: Asked; raw: string; headers: IncomingHttpHeaders; refused: string | null };

const aliveMs = 20;

const write = (response: ServerResponse, { stream = [], end = 'done', ...answer }: Answer): void => {
  if (answer.body !== undefined || answer.status !== undefined) {
    const isWritten = typeof answer.body === 'string' || answer.body instanceof Uint8Array;
    const body = isWritten ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json', ...answer.headers });
    response.end(body);
    return;
  }
  response.writeHead(200, { 'content-type': answer.type ?? 'text/event-stream', ...answer.headers });
  for (const each of stream) {
    if (each instanceof Uint8Array || typeof each === 'string') response.write(each);
    else response.write(`data: ${JSON.stringify(each)}\n\n`);
  }
  if (end === 'done') response.end('data: [DONE]\n\n');
  else if (end === 'close') response.end();
  else if (end === 'cut') response.write(': \n\n', () => response.destroy());
  else {
    const timer = setInterval(() => response.write(': PROCESSING\n\n'), aliveMs);
    response.once('close', () => clearInterval(timer));
  }
};

/** How an imitated provider behaves. */
export type Manners = {
  demands: readonly Demand[];
  /** `accepted`: requests before this one. */
  answer(asked: Asked, accepted: number): Answer;
  /** Its list of models. Default: it has none. */
  models?: unknown;
};

/** `port` 0: a free one. */
export const serve = async ({ demands, answer, models }: Manners, port = 0) => {
  const received: Received[] = [];
  let accepted = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const raw = Buffer.concat(parts).toString('utf8');
    if (request.method === 'GET') return write(response, models ? { body: models } : { status: 404 });
    const asked = JSON.parse(raw) as Asked;
    const broken = demands.find((demand) => demand.isBroken(asked, request.headers));
    received.push({ asked, raw, headers: request.headers, refused: broken?.name ?? null });
    if (broken) return write(response, { status: broken.status, body: broken.body });
    write(response, answer(asked, accepted++));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A provider with the oddity of a row, on real HTTP: it refuses what the row demands, and answers as the row says. */
export const imitate = async ({ demands = [], answers = [done] }: Pick<Row, 'demands' | 'answers'>) =>
  serve({
    demands: [...demands, ...always],
    answer: (_, accepted) => answers[accepted] ?? answers.at(-1) ?? done,
  });
