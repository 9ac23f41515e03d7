import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
});
afterAll(() => stack.close());

const call = (name: string, args: object) => ({ name, arguments: JSON.stringify(args) });

/** Two calls that succeed, one that fails, one that a person denies, and one that waits for a person. */
const session = async (): Promise<string> => {
  await writeFile(path.join(stack.workspace, 'small.txt'), 'small\n');
  await writeFile(path.join(stack.workspace, 'large.txt'), 'x'.repeat(1000).concat('\n').repeat(10));
  const usage = { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107 };
  stack.model.script(
    [
      {
        reply: {
          toolCalls: ['small.txt', 'large.txt', 'none.txt'].map((name) => call('read_file', { path: name })),
          usage,
        },
      },
      { reply: { toolCalls: [call('write_file', { path: 'new.txt', content: 'new' })], usage } },
      { reply: { text: 'Done.', usage } },
      { reply: { toolCalls: [call('run_command', { argv: ['true'] })], usage } },
    ],
    'tracing',
  );
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: 'tracing' });
  const asked = await until('the call to wait', async () => (await stack.api.listApprovals()).approvals[0]);
  await stack.api.answerApproval(asked.id, { decision: 'deny', note: 'not now' });
  await settled(stack, id, 1);
  await stack.api.sendMessage(id, { text: 'And run it' });
  await until('the second call to wait', async () => (await stack.api.listApprovals()).approvals[0]);
  return id;
};

test('each call has its input, output, times, tokens and outcome; totals hold for all that fit', async () => {
  const id = await session();
  const { calls, totals, nextCursor } = await stack.api.listToolCalls(id);
  expect(nextCursor).toBeNull();
  expect(calls.map(({ turn, step, call: at, tool, outcome }) => [turn, step, at, tool, outcome])).toEqual([
    [1, 1, 0, 'read_file', 'ok'],
    [1, 1, 1, 'read_file', 'ok'],
    [1, 1, 2, 'read_file', 'error'],
    [1, 2, 0, 'write_file', 'denied'],
    [2, 1, 0, 'run_command', null],
  ]);
  const [small, large, none, denied, open] = calls;
  expect(small).toMatchObject({
    attempts: 1,
    input: { text: '{"path":"small.txt"}', characters: 20 },
    output: { text: '1\tsmall', characters: 7, images: [] },
    error: null,
    request: { model: 'scripted', input: 100, output: 7, cacheRead: 0 },
  });
  expect(Date.parse(small?.finishedAt ?? '') - Date.parse(small?.startedAt ?? '')).toBeGreaterThanOrEqual(0);
  expect(small?.latencyMs).toBeGreaterThanOrEqual(0);
  expect(large?.output).toMatchObject({ text: null });
  expect(large?.output?.characters).toBeGreaterThan(10_000);
  const referred = await stack.api.listChunks(id, { before: (large?.output?.seq ?? 0) + 1, limit: 1 });
  expect(referred.chunks[0]?.body).toMatchObject({ kind: 'tool_result', callId: large?.callId });
  expect(none?.error).toMatch(/^Cannot read "none\.txt": there is no such file/);
  expect(denied?.error).toBe('A user denied this call: not now');
  expect(open).toMatchObject({ outcome: null, output: null, finishedAt: null, latencyMs: null, attempts: 0 });
  expect(totals).toMatchObject({
    calls: 5,
    outcomes: { ok: 2, error: 1, denied: 1, cancelled: 0, interrupted: 0 },
    open: 1,
    requests: { count: 3, input: 300, output: 21 },
  });

  const places = async (query: Parameters<typeof stack.api.listToolCalls>[1]) =>
    (await stack.api.listToolCalls(id, query)).calls.map(({ turn, step, call: at }) => `${turn}/${step}/${at}`);
  expect(await places({ turn: 2 })).toEqual(['2/1/0']);
  expect(await places({ tool: 'read_file' })).toEqual(['1/1/0', '1/1/1', '1/1/2']);
  expect(await places({ outcome: 'denied' })).toEqual(['1/2/0']);
  expect(await places({ outcome: 'open' })).toEqual(['2/1/0']);
  const filtered = await stack.api.listToolCalls(id, { tool: 'read_file', outcome: 'ok', limit: 1 });
  expect(filtered.totals).toMatchObject({ calls: 2, requests: { count: 1, input: 100 } });

  const paged: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await stack.api.listToolCalls(id, { limit: 2, ...(cursor ? { cursor } : {}) });
    paged.push(...page.calls.map(({ turn, step, call: at }) => `${turn}/${step}/${at}`));
    expect(page.totals.calls).toBe(5);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(['1/1/0', '1/1/1', '1/1/2', '1/2/0', '2/1/0']);
  for (const wrong of [{ limit: 201 }, { cursor: 'x' }, { outcome: 'gone' as 'ok' }])
    await expect(stack.api.listToolCalls(id, wrong)).rejects.toMatchObject({ code: 'bad_request' });
  await expect(stack.api.listToolCalls('s_none')).rejects.toMatchObject({ code: 'session_not_found' });

  await stack.api.cancelTurn(id);
  await settled(stack, id, 2);
  expect(await places({ outcome: 'cancelled' })).toEqual(['2/1/0']);
  const fork = await stack.api.forkSession(id);
  const { calls: copied } = await stack.api.listToolCalls(fork.id);
  expect(copied.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'error', 'denied', 'cancelled']);
});

test('viewers see each call begin and end', async () => {
  stack.model.script(
    [{ reply: { toolCalls: [call('read_file', { path: 'small.txt' })] } }, { reply: { text: 'Read.' } }],
    'watched',
  );
  await writeFile(path.join(stack.workspace, 'small.txt'), 'small\n');
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: 'watched' });
  await settled(stack, id, 1);
  const of = (await stack.store.streams.read(id, 0)).map(({ event }) => event);
  expect(of.find(({ type }) => type === 'tool.started')).toMatchObject({ tool: 'read_file', call: 0 });
  const sealed = of.find((event) => event.type === 'tool.sealed');
  expect(sealed?.chunks[0]?.body).toMatchObject({ kind: 'tool_result', status: 'ok' });
});

test('a model request is shown as it was sent, byte for byte, and what it said before its reply with it', async () => {
  const sent = stack.model.requests('tracing');
  const id = (await stack.api.listSessions()).sessions.find(({ title }) => title === 'tracing')?.id ?? '';
  const places = [
    { turn: 1, step: 1 },
    { turn: 1, step: 2 },
    { turn: 1, step: 3 },
    { turn: 2, step: 1 },
  ];
  expect(sent.length).toBe(places.length);
  for (const [index, place] of places.entries()) {
    const request = await stack.api.getSentRequest(id, place);
    expect(`${request.head}${request.messages.map(({ text }) => text).join(',')}]}`).toBe(sent[index]?.raw);
    expect(request).toMatchObject({ ...place, attempt: 1, system: 1, isProven: true, reason: null });
    expect(request.messages.every(({ isProven }) => isProven)).toBe(true);
  }
  const [first, , third] = await Promise.all(places.map((place) => stack.api.getSentRequest(id, place)));
  expect(first?.reply.map(({ body }) => body.kind)).toEqual(['tool_call', 'tool_call', 'tool_call']);
  expect(third?.reply.map(({ body }) => body)).toMatchObject([{ kind: 'text', text: 'Done.' }]);
  // The bytes are beside the trace, not in it: they may be long.
  const { spans } = await stack.api.listSpans(id);
  expect(spans.every(({ attributes }) => !('sent' in attributes))).toBe(true);
  await expect(stack.api.getSentRequest(id, { turn: 9, step: 1 })).rejects.toMatchObject({ code: 'request_not_found' });
  await expect(stack.api.getSentRequest(id, { turn: 1, step: 1, attempt: 7 })).rejects.toMatchObject({
    code: 'request_not_found',
  });

  const { turns, totals } = await stack.api.listTurns(id);
  expect(turns.map(({ turn, said, status, requests, tools }) => [turn, said, status, requests, tools])).toEqual([
    [2, 'And run it', 'cancelled', 1, 0],
    [1, 'tracing', 'completed', 3, 4],
  ]);
  expect(totals).toMatchObject({ turns: 2, crashes: 0, kept: 0, saved: null, input: 400 });
});

test('a message that waits is withdrawn once; one that a turn has taken is not', async () => {
  stack.model.script([{ reply: { toolCalls: [call('run_command', { argv: ['true'] })] } }], 'waiting one');
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  const taken = await stack.api.sendMessage(id, { text: 'waiting one' });
  await until('the call to wait', async () =>
    (await stack.api.listApprovals()).approvals.find(({ sessionId }) => sessionId === id),
  );
  const { messageId } = await stack.api.sendMessage(id, { text: 'and later' });
  expect((await stack.api.getSession(id)).view.waiting).toMatchObject([{ messageId, text: 'and later' }]);
  await stack.api.withdrawMessage(id, messageId);
  expect((await stack.api.getSession(id)).view.waiting).toEqual([]);
  await expect(stack.api.withdrawMessage(id, messageId)).rejects.toMatchObject({ code: 'message_taken' });
  await expect(stack.api.withdrawMessage(id, taken.messageId)).rejects.toMatchObject({ code: 'message_taken' });
  await expect(stack.api.withdrawMessage(id, 'm_none')).rejects.toMatchObject({ code: 'message_not_found' });
  const { id: other } = await stack.api.createSession({ workspace: stack.workspace });
  await expect(stack.api.withdrawMessage(other, messageId)).rejects.toMatchObject({ code: 'message_not_found' });
  await stack.api.cancelTurn(id);
  await settled(stack, id, 1);
  expect(Object.keys((await stack.api.getSession(id)).view.turns)).toEqual(['1']);

  await stack.store.commands.add(
    { id: `${id}/c1`, sessionId: id, argv: ['x'], description: null, workerId: 'gone' },
    4,
  );
  expect((await stack.api.listCommands({ session: id })).commands).toMatchObject([
    { id: `${id}/c1`, status: 'lost', argv: ['x'] },
  ]);
  expect(await stack.api.stopCommand(`${id}/c1`)).toMatchObject({ id: `${id}/c1` });
  await expect(stack.api.stopCommand(`${other}/c1`)).rejects.toMatchObject({ code: 'command_not_found' });
});
