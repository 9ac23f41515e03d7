import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { now } from '../clock.ts';
import { createPace } from './pace.ts';
import { callPieces, endOf, timedPiece, wordPiece } from './pieces.ts';
import { readRequest } from './plan.ts';

/** One request of a plan with an id. `step` counts the requests of the turn from 1; times are of the common clock. */
export type LoggedRequest = { step: number; startedAt: number; firstPieceAt: number | null; endedAt: number | null };

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** An OpenAI-compatible provider that answers as fast as the plan says. `GET /log/<id>` gives what was asked under a plan's id. */
export const startModelServer = (port: number) => {
  const log = new Map<string, LoggedRequest[]>();
  const paced = createPace();

  const note = (id: string | undefined, step: number): LoggedRequest => {
    const entry: LoggedRequest = { step, startedAt: now(), firstPieceAt: null, endedAt: null };
    if (id !== undefined) log.set(id, [...(log.get(id) ?? []), entry]);
    return entry;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { plan, results } = readRequest(await readBody(request));
    const step = results + 1;
    const repeats = (log.get(plan.id ?? '') ?? []).some((entry) => entry.step === step);
    const entry = note(plan.id, step);
    const asksTool = results < plan.calls;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const call = asksTool ? callPieces(`call_${step}`, plan.file, 1000 + step) : null;
    const count = call ? call.length : plan.pieces;
    for (let index = 0; index < count; index += 1) {
      if (index === 1 && plan.hold === step && !repeats) return;
      const pause = plan.first + index * plan.every;
      if (pause > 0) await paced(entry.startedAt + pause);
      if (response.destroyed) return;
      entry.firstPieceAt ??= now();
      response.write(call?.[index] ?? (index === 0 ? timedPiece(now()) : wordPiece(index)));
    }
    response.end(endOf(asksTool ? 'tool_calls' : 'stop'));
    entry.endedAt = now();
  };

  const server = createServer((request, response) => {
    const [, logged] = /^\/log\/(.+)$/.exec(request.url ?? '') ?? [];
    if (logged !== undefined) {
      response.end(JSON.stringify(log.get(logged) ?? []));
      return;
    }
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(400);
      response.end(JSON.stringify({ error: { message: String(error) } }));
    });
  });
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
};
