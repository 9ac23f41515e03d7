import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { type OurProcess, openProcesses } from './support/processes.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const event = (delta: unknown): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
const text = 'x'.repeat(2000);
const again = function* (piece: string, times = Number.POSITIVE_INFINITY): Generator<string> {
  for (let count = 0; count < times; count++) yield piece;
};

/** What hostile providers send, without an end of its own but where it says. */
const hostile: Record<string, () => Iterable<string>> = {
  'a line of 60 MB': () => [`data: {"choices":[{"delta":{"content":"`, ...again(text, 30_000), '"}}]}\n\n'],
  'a line without end': () => again(text),
  'an event of lines without end': () => again(`data: ${text}\n`),
  'text without end': () => again(event({ content: text })),
  'reasoning without end': () => again(event({ reasoning_content: text })),
  'a call with arguments without end': () =>
    again(event({ tool_calls: [{ index: 0, function: { arguments: text } }] })),
  'calls without end': function* () {
    for (let index = 0; ; index++) yield event({ tool_calls: [{ index, id: `c${index}`, function: { name: 'n' } }] });
  },
  'many calls in one event': () => [
    event({
      tool_calls: Array.from({ length: 12_000 }, (_, index) => ({ index, id: `c${index}`, function: { name: 'n' } })),
    }),
  ],
  'single letters without end': () => again(event({ content: 'a' }).repeat(100)),
  'events without content, without end': () => again('data: {"choices":[]}\n\n'.repeat(100)),
  'comments without end': () => again(': and on it goes\n\n'.repeat(100)),
};

/** Real HTTP: the kind of attack is the first user message. */
const startProvider = async () => {
  const asked: string[] = [];
  const bytes = new Map<string, number>();
  const serve = async (kind: string, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const counted = function* (): Generator<string> {
      for (const piece of hostile[kind]?.() ?? []) {
        bytes.set(kind, (bytes.get(kind) ?? 0) + piece.length);
        yield piece;
      }
    };
    await pipeline(Readable.from(counted(), { objectMode: false }), response).catch(() => {});
  };
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { messages } = JSON.parse(Buffer.concat(parts).toString()) as {
        messages: { role: string; content: string }[];
      };
      const kind = messages.find(({ role }) => role === 'user')?.content ?? '';
      asked.push(kind);
      await serve(kind, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: (kind: string) => asked.filter((other) => other === kind).length,
    sent: (kind: string) => bytes.get(kind) ?? 0,
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

let stack: Stack;
let provider: Awaited<ReturnType<typeof startProvider>>;
let processes: Awaited<ReturnType<typeof openProcesses>>;
let worker: OurProcess;
beforeAll(async () => {
  provider = await startProvider();
  stack = await openStack();
  processes = await openProcesses(stack);
  const yaml = path.join(processes.project, 'everturn.yaml');
  const [keys = '', models = ''] = readFileSync(yaml, 'utf8').split('models:\n');
  appendFileSync(yaml, '  - { key: hostile, model: hostile }\nlimits: { replyMinutes: 1 }\n');
  const full = `${keys}  hostile: { baseUrl: "${provider.url}" }\nmodels:\n${models}  - { key: hostile, model: hostile }\nlimits: { replyMinutes: 1 }\n`;
  const { writeFileSync } = await import('node:fs');
  writeFileSync(yaml, full);
  worker = await processes.worker();
});
afterAll(async () => {
  await processes.close();
  await stack.close();
  await provider.close();
});
