import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { type OurProcess, openProcesses } from './support/processes.ts';
import { sessionRow } from './support/session-row.ts';
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
  'slow comments without end': () => [],
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

/** The longest time in milliseconds for which a reply did not grow, until it was sealed. */
const longestSilence = async (id: string): Promise<number> => {
  let [length, grownAt, longest] = [0, performance.now(), 0];
  await until('the turn of the other session to settle', async () => {
    const { view } = await stack.api.getSession(id);
    const now = view.live.flatMap(({ parts }) => parts.map(({ text: part }) => part)).join('').length;
    longest = Math.max(longest, performance.now() - grownAt);
    if (now > length) [length, grownAt] = [now, performance.now()];
    return view.turns[1]?.status === 'completed';
  });
  return longest;
};

test('replies without end are given up, each after one request; the other session keeps streaming', async () => {
  const key = randomUUID();
  const words = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ');
  stack.model.script([{ reply: { text: words, chunkDelayMs: 30 } }], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await until('the other session to stream', async () => (await stack.api.getSession(id)).view.live[0]?.parts.length);
  const before = mostMemory();
  const silence = longestSilence(id);
  const kinds = Object.keys(hostile);
  const sessions = await Promise.all(kinds.map(begin));
  const ends = await Promise.all(sessions.map((session) => settled(stack, session, 1)));
  expect(ends.map(({ status, code }, index) => [kinds[index], status, code])).toEqual(
    kinds.map((kind) => [kind, 'failed', 'model_reply_too_long']),
  );
  for (const { view } of ends) {
    expect(view.chunks.at(-1)?.body).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/limits\.|tool calls/),
    });
  }
  expect(kinds.map(provider.requests)).toEqual(kinds.map(() => 1));
  for (const kind of kinds) expect(provider.sent(kind)).toBeLessThan(100_000_000);
  expect(await silence).toBeLessThan(5000);
  expect(mostMemory() - before).toBeLessThan(400_000);
  expect(worker.child.exitCode).toBe(null);
}, 120_000);
