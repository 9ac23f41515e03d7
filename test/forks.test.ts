import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
});
afterAll(() => stack.close());

const idle = (id: string, turns: number) =>
  until(`turn ${turns} of ${id}`, async () => {
    const { session, view } = await stack.api.getSession(id);
    return session.turns === turns && session.status === 'idle' && { session, view };
  });

test("a script's agent is an ordinary session: it is read, sent to, and forked; a fork goes on by itself", async () => {
  stack.model.script(
    [
      { reply: { text: 'first answer', usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 } } },
      { expect: { messages: 4, last: { content: 'and then?' } }, reply: { text: 'in the original' } },
      { expect: { messages: 4, last: { content: 'or else?' } }, reply: { text: 'in the fork' } },
    ],
    'ask the agent',
  );
  const { id } = await runScript(stack, "return await agent('ask the agent')");
  const sessionId = Object.values((await stack.api.getRun(id)).nodes)[0]?.sessionId ?? '';
  await stack.api.sendMessage(sessionId, { text: 'and then?' });
  await idle(sessionId, 2);
  const fork = await stack.api.forkSession(sessionId, { turn: 1 }, { idempotencyKey: 'k' });
  expect(fork).toMatchObject({ forkedFrom: sessionId, runId: null, turns: 1, status: 'idle' });
  expect((await stack.api.forkSession(sessionId, { turn: 1 }, { idempotencyKey: 'k' })).id).toBe(fork.id);
  await stack.api.sendMessage(fork.id, { text: 'or else?' });
  const { view } = await idle(fork.id, 2);
  expect(JSON.stringify(view)).toContain('in the fork');
  expect(JSON.stringify(view)).not.toContain('in the original');
  const { chunks, total } = await stack.store.chunks.page(fork.id, { limit: 50 });
  expect(chunks.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  // What the first turn cost stays with the original.
  expect((await stack.store.chunks.usage(fork.id)).requests).toBe(1);
  expect(stack.model.failures).toEqual([]);
});

test('a fork of a session that is not there', async () => {
  await expect(stack.api.forkSession('s_none')).rejects.toMatchObject({ code: 'session_not_found' });
});
