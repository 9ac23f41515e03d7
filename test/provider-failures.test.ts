import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker({ turnLimits: { stepsPerTurn: 3 } });
});
afterAll(() => stack.close());

const ask = async (steps: ScriptedStep[]) => {
  const key = randomUUID();
  stack.model.script(steps, key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  const end = await settled(stack, id, 1);
  const error = end.view.chunks.find(({ body }) => body.kind === 'error')?.body;
  return { ...end, id, key, message: error?.kind === 'error' ? error.message : undefined };
};

const done: ScriptedStep = { reply: { text: 'Done.' } };
const call: ScriptedStep = { reply: { toolCalls: [{ name: 'list_files', arguments: '{}' }] } };

describe('a provider that refuses ends the turn, with what it says and what to do', () => {
  test.each([
    [401, 'model_unauthorized'],
    [404, 'model_not_found'],
    [400, 'model_refused'],
  ])('%i', async (status, code) => {
    const end = await ask([{ status }]);
    expect([end.status, end.code]).toEqual(['failed', code]);
    expect(end.message).toContain(String(status));
    expect(end.message).toContain('scripted');
    expect(stack.model.requests(end.key)).toHaveLength(1);
  });
});

describe('a provider that fails for a while is asked again', () => {
  test.each<[string, ScriptedStep]>([
    ['500', { status: 500 }],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
    ['a stream that is cut', { cutAfter: 2, reply: { text: 'One two three four five.' } }],
  ])('%s', async (_, failure) => {
    const { status, id, key, view } = await ask([failure, done]);
    expect(status).toBe('completed');
    expect(stack.model.requests(key)).toHaveLength(2);
    const texts = view.chunks.flatMap(({ body }) =>
      body.kind === 'text' && body.role === 'assistant' ? [body.text] : [],
    );
    expect(texts).toEqual(['Done.']);
    const { spans } = await stack.api.listSpans(id);
    expect(spans.map(({ status: end }) => end)).toEqual(['error', 'ok']);
    expect(view.usage.requests).toBe(1);
  });

  test('and given up after six failures', async () => {
    const end = await ask([{ status: 503, times: 6 }]);
    expect([end.status, end.code]).toEqual(['failed', 'model_unavailable']);
    expect(stack.model.requests(end.key)).toHaveLength(6);
  });
});

test('a turn that uses all of its steps ends and says so; the session goes on', async () => {
  const end = await ask([call, call, call, done, done]);
  expect([end.status, end.code, end.message]).toEqual(['failed', 'step_limit', 'The turn used all of its steps']);
  await stack.api.sendMessage(end.id, { text: 'go on' });
  expect((await settled(stack, end.id, 2)).status).toBe('completed');
});
