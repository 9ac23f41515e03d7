import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { type OurProcess, openProcesses } from './support/processes.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';

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
  'slow comments without end': () => [],
  'comments without end': () => again(': and on it goes\n\n'.repeat(100)),
};

/** Real HTTP: the kind of attack is the first user message. */
const startProvider = async () => {
  const asked: string[] = [];
  const bytes = new Map<string, number>();
  const serve = async (kind: string, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // A turn of the event loop after each piece: the scripted model serves the other session from this process.
    const counted = async function* (): AsyncGenerator<string> {
      for (const piece of hostile[kind]?.() ?? []) {
        bytes.set(kind, (bytes.get(kind) ?? 0) + piece.length);
        yield piece;
        await setImmediate();
      }
    };
    if (kind === 'slow comments without end') {
      const timer = setInterval(() => response.write(': still here\n\n'), 500);
      await once(response, 'close');
      return clearInterval(timer);
    }
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
  const file = path.join(processes.project, 'everturn.yaml');
  const yaml = readFileSync(file, 'utf8').replace('models:\n', `  hostile: { baseUrl: "${provider.url}" }\nmodels:\n`);
  writeFileSync(file, `${yaml}  - { key: hostile, model: hostile }\nlimits: { replyMinutes: 0.1 }\n`);
  worker = await processes.worker();
});
afterAll(async () => {
  await processes.close();
  await stack.close();
  await provider.close();
});

/** Kilobytes: the most memory that the process has had. */
const mostMemory = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker.child.pid}/status`, 'utf8'))?.[1] ?? 0);

const begin = async (kind: string): Promise<string> => {
  const id = randomUUID();
  const definition = { name: 'a', description: '', prompt: 'Work.', models: ['hostile'], permissions: [] };
  await stack.store.sessions.create(sessionRow(id, { workspace: stack.workspace, model: 'hostile', definition }));
  await stack.api.sendMessage(id, { text: kind });
  return id;
};

/** Attacks at once. */
const together = 3;

/** Everything that is said about one attack that has ended. */
const checkAttack = async (kind: string): Promise<void> => {
  const session = await begin(kind);
  const end = await settled(stack, session, 1);
  const { spans } = await stack.api.listSpans(session);
  expect([kind, end.status, end.code]).toEqual([kind, 'failed', 'model_reply_too_long']);
  expect(end.view.chunks.at(-1)?.body).toMatchObject({
    kind: 'error',
    message: expect.stringMatching(/limits\.|tool calls/),
  });
  expect([kind, spans.length, provider.requests(kind)]).toEqual([kind, 1, 1]);
  expect(provider.sent(kind)).toBeLessThan(100_000_000);
};

/** A turn of another session: a reply of half a second. */
const checkOther = async (): Promise<void> => {
  const key = randomUUID();
  const words = Array.from({ length: 15 }, (_, index) => `word${index}`).join(' ');
  stack.model.script([{ reply: { text: words, chunkDelayMs: 30 } }], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  const { status, view } = await settled(stack, id, 1);
  expect([status, view.chunks.at(-1)?.body]).toMatchObject(['completed', { kind: 'text', text: words }]);
  const { spans } = await stack.api.listSpans(id);
  expect(spans.map((span) => span.status)).toEqual(['ok']);
};

test('replies without end are given up, each after one request; another session is answered meanwhile', async () => {
  await checkOther();
  const before = mostMemory();
  const kinds = Object.keys(hostile);
  for (let first = 0; first < kinds.length; first += together) {
    await Promise.all([...kinds.slice(first, first + together).map(checkAttack), checkOther()]);
  }
  expect(mostMemory() - before).toBeLessThan(400_000);
  expect(worker.child.exitCode).toBe(null);
});
