import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import type { Epoch } from '../contracts/context/epoch.ts';
import { findFacts } from '../contracts/model-facts.ts';
import { isUndeclared, Prefix } from '../contracts/prefix.ts';
import { settled } from './support/conversation.ts';
import { openProcesses } from './support/processes.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

type Body = { model: string; messages: { role: string; content: string | null }[]; tools?: unknown[] };

const good = 'Task: count to ten. Done: read files.';
const isSummary = ({ messages }: Body): boolean => messages[0]?.content?.startsWith('You write the summary') === true;
const tokensOf = (raw: string): number => Math.ceil(raw.length / 3);

/** A provider with a window of its own, that refuses what is longer, and whose summaries are as a test says. */
const createProvider = async () => {
  const seen: { raw: string; body: Body; tokens: number; refused: boolean }[] = [];
  const state = {
    window: 16_000,
    summary: good,
    hold: null as Promise<void> | null,
    calls: 0,
    /** Models whose key is refused a summary. */
    limited: [] as string[],
  };
  const reply = (body: Body): object => {
    const last = body.messages.at(-1);
    const asked = /read (\S+)/.exec(last?.role === 'user' ? (last.content ?? '') : '');
    return asked
      ? {
          tool_calls: [
            {
              index: 0,
              id: `call_${seen.length}`,
              function: { name: 'read_file', arguments: JSON.stringify({ path: asked[1] }) },
            },
          ],
        }
      : { content: `Answer ${seen.length}` };
  };
  const server: Server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const raw = Buffer.concat(pieces).toString('utf8');
      const body = JSON.parse(raw) as Body;
      const tokens = tokensOf(raw);
      const refused = tokens > state.window;
      seen.push({ raw, body, tokens, refused });
      if (refused) {
        const message = `This model's maximum context length is ${state.window} tokens. However, you requested ${tokens} tokens`;
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message, code: 'context_length_exceeded' } }));
        return;
      }
      if (isSummary(body)) {
        state.calls += 1;
        if (state.limited.includes(body.model)) {
          response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '600' });
          response.end(JSON.stringify({ error: { message: 'Rate limit reached' } }));
          return;
        }
        await state.hold;
      }
      const delta = isSummary(body) ? { content: state.summary } : reply(body);
      const usage = { prompt_tokens: tokens, completion_tokens: 5, total_tokens: tokens + 5 };
      const finish = 'tool_calls' in delta ? 'tool_calls' : 'stop';
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
      response.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: finish }], usage })}\n\n`,
      );
      response.end('data: [DONE]\n\n');
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    state,
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => server.close(),
  };
};

let stack: Stack;
let provider: Awaited<ReturnType<typeof createProvider>>;
const modelsWith = (contextTokens: number | undefined, key = `k${Math.random()}`, names = ['m']) => {
  const client = (model: string) =>
    createModelClient({ baseUrl: provider.url, apiKey: null, model, key: `${key}-${model}`, timeoutMs: 60_000 });
  const [first = 'm', ...rest] = names;
  return createModels([client(first), ...rest.map(client)], (model) => ({
    key,
    facts: findFacts([], { model, contextTokens }),
  }));
};
const workerWith = async (contextTokens?: number, key?: string) =>
  await stack.startWorker({ models: modelsWith(contextTokens, key) });

beforeAll(async () => {
  stack = await openStack({ models: ['m'] });
  provider = await createProvider();
  await writeFile(path.join(stack.workspace, 'long.txt'), 'line of a file\n'.repeat(400));
  await writeFile(path.join(stack.workspace, 'huge.txt'), 'line of a very long file\n'.repeat(3000));
});
afterAll(async () => {
  provider.close();
  await stack.close();
});

const turns = async (id: string, texts: readonly string[], from = 1) => {
  for (const [index, text] of texts.entries()) {
    await stack.api.sendMessage(id, { text });
    await settled(stack, id, from + index);
  }
};
const open = async () => (await stack.api.createSession({ workspace: stack.workspace })).id;
const epochsOf = (id: string) => stack.store.context.epochs(id);
const exported = async (id: string): Promise<string> => await new Response(await stack.api.exportSession(id)).text();
/** What an export holds of an epoch. */
const kept = ({ id: _id, usage: _usage, reported: _reported, isStamped: _isStamped, ...epoch }: Epoch) => epoch;
const prefixesOf = async (id: string) => {
  const { spans } = await stack.api.listSpans(id, { limit: 500 });
  return spans
    .filter(({ kind, status }) => kind === 'model' && status === 'ok')
    .map((span) => ({ ...span, prefix: Prefix.parse(span.attributes.prefix) }));
};

test('a session that outgrows its window goes on: results are left out, then a summary is sent', async () => {
  const worker = await workerWith(16_000);
  provider.state.window = 16_000;
  const id = await open();
  const before = provider.seen.length;
  await turns(id, [
    'Please read long.txt',
    ...Array.from({ length: 14 }, (_, index) =>
      index % 2 ? 'read long.txt' : `tell ${'me more '.repeat(450)}${index}`,
    ),
  ]);
  const view = await stack.api.getSession(id);
  expect(Object.values(view.view.turns).map(({ status }) => status)).toEqual(Array(15).fill('completed'));
  const epochs = await epochsOf(id);
  expect(epochs.map(({ kind, failed }) => [kind, failed])).toContainEqual(['prune', null]);
  expect(epochs.map(({ kind, failed }) => [kind, failed])).toContainEqual(['compact', null]);
  expect(provider.seen.slice(before).filter(({ refused }) => refused)).toEqual([]);
  // Each epoch is declared: no request breaks the prefix by itself, and each break has its reason and its cost.
  const requests = await prefixesOf(id);
  expect(requests.filter(({ prefix }) => prefix.previous !== null && isUndeclared(prefix))).toEqual([]);
  const broken = requests.flatMap(({ prefix }) => prefix.break ?? []);
  expect(new Set(broken.map(({ reason }) => reason))).toEqual(new Set(['prune', 'compact']));
  expect(broken.every(({ declared, reread }) => declared && reread > 0)).toBe(true);
  // The stamp is on the usage of the next request only.
  const stamped = requests.flatMap(({ attributes }) => (attributes.epochs as string[] | undefined) ?? []);
  expect(stamped).toEqual(epochs.map(({ id: epoch }) => epoch));
  for (const { reported, predicted } of epochs) {
    expect(reported?.input).toBeGreaterThan(0);
    expect(Math.abs((reported?.input ?? 0) - predicted.after) / predicted.after).toBeLessThan(0.35);
  }
  // Nothing is lost from the transcript, and the words of the first message are still sent.
  const { chunks } = await stack.api.listChunks(id, { limit: 1000 });
  const results = chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []));
  expect(results.every((text) => text.includes('line of a file'))).toBe(true);
  expect(results).toHaveLength(8);
  expect(provider.seen.at(-1)?.raw).toContain('Please read long.txt');
  // Summaries are paid for as well, and budgets know.
  const usage = await stack.api.getUsage(id);
  expect(usage.requests).toBe(provider.seen.length - before);
  expect((await stack.store.runLimits.spentBySession(id)).tokens).toBe(usage.input + usage.output);
  expect(usage.last).toMatchObject({ input: provider.seen.at(-1)?.tokens });
  // What is exported goes on elsewhere as it would here: the next request is the same.
  const made = await stack.api.importSession(await exported(id), { workspace: stack.workspace });
  expect((await epochsOf(made.id)).map(kept)).toEqual(epochs.map(kept));
  const again = await stack.api.importSession(await exported(made.id), { workspace: stack.workspace });
  expect((await epochsOf(again.id)).map(kept)).toEqual(epochs.map(kept));
  const sent = await Promise.all(
    [id, made.id].map(async (session) => {
      await turns(session, [`go on, ${session}`], 16);
      return provider.seen.find(({ raw }) => raw.includes(`go on, ${session}`))?.raw.replaceAll(session, '');
    }),
  );
  expect(sent[1]).toBe(sent[0]);
  // No usage of the new session has a stamp of what it did not make.
  expect((await epochsOf(made.id)).slice(0, epochs.length).map(({ reported }) => reported)).toEqual(
    epochs.map(() => null),
  );
  await worker.stop();
});

test('a window that nobody has configured is learned from the refusal, and remembered', async () => {
  const worker = await workerWith(undefined, 'learned');
  provider.state.window = 10_000;
  const id = await open();
  await turns(id, ['read long.txt', 'read long.txt', 'read long.txt', 'read long.txt', 'and now?']);
  const refused = provider.seen.filter(({ refused: was }) => was).length;
  expect(refused).toBeGreaterThan(0);
  expect(await stack.store.context.window('learned-m', 'm')).toEqual({ tokens: 10_000, isExact: true });
  expect((await stack.api.getSession(id)).view.turns[5]?.status).toBe('completed');
  await turns(await open(), ['read long.txt', 'read long.txt', 'read long.txt', 'read long.txt', 'and now?']);
  expect(provider.seen.filter(({ refused: was }) => was).length).toBe(refused);
  await worker.stop();
});

test('a result longer than the window is left out itself; a message says what is too long', async () => {
  const worker = await workerWith(16_000);
  provider.state.window = 16_000;
  const id = await open();
  await turns(id, ['read huge.txt']);
  const { view } = await stack.api.getSession(id);
  expect(view.turns[1]?.status).toBe('completed');
  const other = await open();
  await turns(other, [`read nothing, but take this: ${'word '.repeat(12_000)}`]);
  const failed = (await stack.api.getSession(other)).view;
  expect(failed.turns[1]).toMatchObject({ status: 'failed', code: 'model_overflow' });
  const error = failed.chunks.flatMap(({ body }) => (body.kind === 'error' ? [body.message] : []));
  expect(error[0]).toMatch(/the longest part is the message of turn 1 \(chunk 1\), about \d+,\d+ tokens/);
  // The session is not dead: the long message goes into the summary.
  await turns(other, ['go on'], 2);
  expect((await stack.api.getSession(other)).view.turns[2]?.status).toBe('completed');
  await worker.stop();
});

test.each([
  ['answers nothing', '', 'answered nothing'],
  ['is longer than what it replaces', 'x'.repeat(40_000), 'longer than what it replaces'],
])('a compaction that %s changes nothing, and the session goes on', async (_, summary, words) => {
  const worker = await workerWith(16_000);
  provider.state.window = 16_000;
  provider.state.summary = summary;
  const id = await open();
  const failed = async () => (await epochsOf(id)).filter((epoch) => epoch.failed?.includes(words));
  let turn = 0;
  while ((await failed()).length === 0 && turn < 20) await turns(id, [`${'tell me more '.repeat(150)}${turn}`], ++turn);
  const { view } = await stack.api.getSession(id);
  const epochs = await epochsOf(id);
  const failures = epochs.filter(({ failed }) => failed?.includes(words));
  expect(failures.length).toBeGreaterThan(0);
  expect(epochs.filter(({ failed, kind }) => failed === null && kind === 'compact')).toEqual([]);
  expect(view.chunks.some(({ body }) => body.kind === 'system' && body.text.includes('Nothing was changed'))).toBe(
    true,
  );
  expect(view.turns[turn]?.status).toBe('completed');
  provider.state.summary = good;
  await worker.stop();
});

const long = (index: number): string => `${'tell me more '.repeat(250)}${index}`;
const held = (): (() => void) => {
  let release = (): void => {};
  provider.state.calls = 0;
  provider.state.hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  return () => {
    provider.state.hold = null;
    release();
  };
};
const systemsOf = async (id: string, turn: number) => {
  const { chunks } = await stack.api.listChunks(id, { limit: 1000 });
  return chunks.flatMap(({ turn: of, body }) => (of === turn && body.kind === 'system' ? [body] : []));
};

test.each(['asked for', 'made at a mark'])(
  'a compaction %s that is cancelled changes nothing, and is counted',
  async (how) => {
    const worker = await workerWith(16_000);
    provider.state.window = 16_000;
    const id = await open();
    await turns(
      id,
      Array.from({ length: 5 }, (_, index) => long(index)),
    );
    const release = held();
    let turn = 5;
    if (how === 'asked for') {
      await stack.api.compactSession(id, {});
      turn += 1;
    } else {
      while (provider.state.calls === 0) {
        await stack.api.sendMessage(id, { text: long(turn++) });
        await until('an answer or a summary', async () => {
          const { view } = await stack.api.getSession(id);
          return provider.state.calls > 0 || (view.turns[turn] && view.turns[turn]?.status !== 'running');
        });
      }
    }
    await until('a summary is asked for', async () => provider.state.calls === 1);
    const { view } = await stack.api.getSession(id);
    expect(view.live.map(({ label }) => label)).toEqual(['compaction · m']);
    await stack.api.cancelTurn(id);
    expect((await settled(stack, id, turn)).status).toBe('cancelled');
    release();
    expect(await epochsOf(id)).toMatchObject([
      { kind: 'compact', failed: 'it was cancelled', usage: { isEstimated: true } },
    ]);
    expect((await systemsOf(id, turn)).map(({ text }) => text)).toContain(
      'Summarising the conversation failed: it was cancelled. Nothing was changed.',
    );
    expect((await stack.api.getUsage(id)).estimated).toBe(1);
    expect((await stack.api.getSession(id)).view.live).toEqual([]);
    await turns(id, ['go on'], turn + 1);
    expect((await stack.api.getSession(id)).view.turns[turn + 1]?.status).toBe('completed');
    await worker.stop();
  },
);

test('a summary that one key is refused is written by the next model, which goes on', async () => {
  const worker = await stack.startWorker({ models: modelsWith(16_000, 'two', ['m', 'n']) });
  provider.state.window = 16_000;
  provider.state.limited = ['m'];
  const id = await open();
  const made = async () => (await epochsOf(id)).filter(({ kind }) => kind === 'compact');
  let turn = 0;
  while ((await made()).length === 0 && turn < 20) await turns(id, [long(turn)], ++turn);
  expect(await made()).toMatchObject([{ failed: null, reason: 'mark' }]);
  expect((await systemsOf(id, turn)).map(({ label }) => label)).toEqual(['compacted', 'notice', 'model-changed']);
  expect((await stack.api.getSession(id)).view.turns[turn]?.status).toBe('completed');
  const { spans } = await stack.api.listSpans(id, { turn });
  expect(spans.map(({ kind, name, status }) => [kind, name, status])).toEqual([
    ['compaction', 'm', 'error'],
    ['compaction', 'n', 'ok'],
    ['model', 'n', 'ok'],
  ]);
  provider.state.limited = [];
  await worker.stop();
});

test('a worker that is killed while a summary is written: another writes it, and it is recorded once', async () => {
  provider.state.window = 16_000;
  const processes = await openProcesses({ ...stack, model: { ...stack.model, url: provider.url } });
  const first = await processes.worker();
  const id = await open();
  await turns(
    id,
    Array.from({ length: 5 }, (_, index) => long(index)),
  );
  const release = held();
  const { messageId } = await stack.api.compactSession(id, { instructions: 'keep numbers' });
  const turn = 6;
  await until('a summary is asked for', async () => provider.state.calls === 1);
  await first.kill9();
  await processes.worker();
  await until('it is asked for again', async () => provider.state.calls === 2);
  release();
  await settled(stack, id, turn);
  expect(messageId).not.toBeNull();
  const made = (await epochsOf(id)).filter(({ reason }) => reason === 'asked');
  expect(made).toMatchObject([{ kind: 'compact', failed: null }]);
  expect((await systemsOf(id, turn)).map(({ label }) => label)).toEqual(['notice', 'compacted']);
  const paid = await stack.store.database.query(
    `SELECT FROM requests WHERE session_id = $1 AND purpose = 'compaction'`,
    [id],
  );
  expect(paid).toHaveLength(1);
  expect(provider.seen.filter(({ body }) => isSummary(body)).at(-1)?.raw).toContain('keep numbers');
  const fork = await stack.api.forkSession(id);
  expect((await epochsOf(fork.id)).map(({ kind, turn: of, step, summary }) => ({ kind, of, step, summary }))).toEqual(
    (await epochsOf(id)).map(({ kind, turn: of, step, summary }) => ({ kind, of, step, summary })),
  );
  await turns(fork.id, ['and here?'], turn + 1);
  await turns(id, ['and here?'], turn + 1);
  const [forked, original] = provider.seen.slice(-2).map(({ body }) => body.messages);
  expect(forked).toEqual(original);
  expect(original?.[1]?.content).toContain('This summary replaces all of it');
  await processes.close();
});
