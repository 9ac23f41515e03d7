import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import { turnWorkflowId } from '../contracts/ids.ts';
import { settled } from './support/conversation.ts';
import { clearMarks } from './support/marks.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
const names = ['a1', 'a2', 'b1'] as const;

/** Two keys of one provider: `a` for two models, `b` for one. */
const modelsOf = (secretOfA = 'secret-of-a') => {
  const client = (model: string) => {
    const key = model.charAt(0);
    const apiKey = key === 'a' ? secretOfA : 'secret-of-b';
    return createModelClient({ baseUrl: stack.model.url, apiKey, key, model, timeoutMs: 60_000 });
  };
  return createModels([client('a1'), client('a2'), client('b1')]);
};

beforeAll(async () => {
  stack = await openStack({ models: [...names] });
  await stack.startWorker({ models: modelsOf(), waitSeconds: 3600 });
});
afterAll(() => stack.close());
beforeEach(() => clearMarks(stack));

const begin = async (steps: ScriptedStep[], models: string[] = [...names], on = stack) => {
  const id = randomUUID();
  stack.model.script(steps, id);
  const definition = { name: 'a', description: '', prompt: 'Work.', models, permissions: [] };
  const model = models[0] ?? names[0];
  await on.store.sessions.create(sessionRow(id, { workspace: stack.workspace, model, definition }));
  await on.api.sendMessage(id, { text: id });
  return id;
};
const asked = (id: string): string[] => stack.model.requests(id).map(({ body }) => body.model);
const done: ScriptedStep = { reply: { text: 'Done.' } };
const limited = (seconds: string): ScriptedStep => ({ status: 429, headers: { 'retry-after': seconds } });
const systemTexts = (view: Awaited<ReturnType<typeof settled>>['view']) =>
  view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [`${body.label}: ${body.text}`] : []));

test('a key that is marked is asked by no session and for none of its models; the switch costs no waiting', async () => {
  const first = await begin([limited('3000'), done]);
  const { status, view } = await settled(stack, first, 1);
  expect([status, asked(first)]).toEqual(['completed', ['a1', 'b1']]);
  const [refused, answered] = stack.model.requests(first);
  expect((answered?.startedAt ?? 0) - (refused?.endedAt ?? 0)).toBeLessThan(500);
  expect(view.chunks.map(({ seq, ordinal, body }) => [seq, ordinal, body.kind])).toEqual([
    [1, 0, 'text'],
    [2, 0, 'system'],
    [3, 1, 'system'],
    [4, 2, 'text'],
  ]);
  expect(systemTexts(view)).toEqual([
    expect.stringMatching(
      /^notice: The key "a" is not asked until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, because too many requests: the model "a1" answered HTTP 429, "scripted 429"\.$/,
    ),
    'model-changed: The session continues with the model "b1", with the key "b".',
  ]);
  const second = await begin([done]);
  const end = await settled(stack, second, 1);
  expect([end.status, asked(second)]).toEqual(['completed', ['b1']]);
  expect(systemTexts(end.view)).toEqual(systemTexts(view));
  // Said once: the model has not changed since.
  stack.model.script([done], second);
  await stack.api.sendMessage(second, { text: 'more' });
  expect(systemTexts((await settled(stack, second, 2)).view)).toHaveLength(2);
});

test('what a failed attempt streamed is void: a new attempt begins before the reply, and only that reply is counted', async () => {
  const id = await begin([{ reply: { text: 'Lost words here.' }, cutAfter: 2, times: 6 }, done]);
  const { view } = await settled(stack, id, 1);
  expect(asked(id)).toEqual([...Array<string>(6).fill('a1'), 'a2']);
  const events = (await stack.store.streams.read(id, 0)).map(({ event }) => event);
  const fences = events.flatMap((event) => (event.type === 'step.started' ? [event.fence] : []));
  expect(fences).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(events.filter(({ type }) => type === 'delta')).toEqual([]);
  expect(view.usage.requests).toBe(1);
  expect(JSON.stringify(view.chunks)).not.toContain('Lost');
});

test('a limit that is told in the middle of the stream marks the key too, with the time it tells', async () => {
  const error = { code: 429, message: 'Rate limit reached. Please try again in 50 minutes' };
  const delta = { choices: [{ index: 0, delta: { content: 'Lost' }, finish_reason: null }] };
  const id = await begin([{ reply: { events: [delta, { error }] } }, done]);
  const { status, view } = await settled(stack, id, 1);
  expect([status, asked(id)]).toEqual(['completed', ['a1', 'b1']]);
  expect(JSON.stringify(view.chunks)).not.toContain('Lost');
  const [mark] = await stack.store.keys.marks();
  expect(mark).toMatchObject({ key: 'a', reason: 'rate_limit', isTold: true });
  expect(mark?.leftMs).toBeGreaterThan(2_900_000);
});

test('the API lists keys with their marks and never a secret, and an operator clears one', async () => {
  await settled(stack, await begin([limited('3000'), done]), 1);
  const listed = await stack.api.listKeys();
  expect(JSON.stringify(listed)).not.toContain('secret-of');
  const marks = await stack.store.keys.marks();
  expect(marks).toHaveLength(1);
  expect(marks[0]).toMatchObject({
    key: 'a',
    model: null,
    reason: 'rate_limit',
    status: 429,
    asked: 'a1',
    isTold: true,
  });
  expect(Date.parse(marks[0]?.until ?? '') - Date.now()).toBeGreaterThan(2_900_000);
  await expect(stack.api.clearKey('nobody')).rejects.toMatchObject({ code: 'key_not_found' });
});

describe('when every key is marked', () => {
  test('a turn waits for the first to come back by a timer of its workflow, which is shown', async () => {
    const id = await begin([limited('3000'), limited('6'), done]);
    const live = await until('the wait to be shown', async () => (await stack.api.getSession(id)).view.live[0]?.waits);
    expect([live.code, live.isAsked]).toEqual(['model_rate_limited', true]);
    const handle = new Client({ connection: stack.connection }).workflow.getHandle(turnWorkflowId(id, 1));
    await until('its timer', async () => {
      const { events } = await handle.fetchHistory();
      return events?.at(-1)?.timerStartedEventAttributes;
    });
    // One that begins meanwhile waits too, and asks nobody before.
    const other = await begin([done]);
    await until('the other wait', async () => (await stack.api.getSession(other)).view.live[0]?.waits);
    expect(asked(other)).toEqual([]);
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(asked(id)).toEqual(['a1', 'b1', 'b1']);
    expect((await settled(stack, other, 1)).status).toBe('completed');
    expect(asked(other)).toEqual(['b1']);
  });

  test('it goes on at once when a mark is cleared, and ends at once when it is cancelled', async () => {
    const marked = await begin([limited('3000'), limited('3000'), done]);
    await until('the wait', async () => (await stack.api.getSession(marked)).view.live[0]?.waits);
    const cancelled = await begin([]);
    await until('the wait', async () => (await stack.api.getSession(cancelled)).view.live[0]?.waits);
    await stack.api.cancelTurn(cancelled);
    expect((await settled(stack, cancelled, 1)).status).toBe('cancelled');
    await stack.store.keys.clear('a');
    await stack.delivery.keysCleared();
    expect((await settled(stack, marked, 1)).status).toBe('completed');
    expect(asked(marked)).toEqual(['a1', 'b1', 'a1']);
  });

  test('for longer than limits.waitSeconds it fails, and says why each model cannot be asked', async () => {
    const id = await begin([limited('4000'), limited('5000')]);
    const { status, code, view } = await settled(stack, id, 1);
    expect([status, code]).toEqual(['failed', 'model_rate_limited']);
    expect(view.chunks.at(-1)?.body).toMatchObject({
      message: expect.stringMatching(
        /"a1" with the key "a": HTTP 429.*"a2".*"b1" with the key "b": HTTP 429.*limits\.waitSeconds/,
      ),
    });
    const next = await begin([]);
    expect(await settled(stack, next, 1)).toMatchObject({ status: 'failed', code: 'model_keys_marked' });
  });

  test('keys that do not come back by waiting fail the turn, unasked where another was refused before', async () => {
    const id = await begin([{ status: 401 }, { status: 402 }]);
    expect(await settled(stack, id, 1)).toMatchObject({ status: 'failed', code: 'model_refused' });
    const next = await begin([]);
    const { code, view } = await settled(stack, next, 1);
    expect([code, asked(next)]).toEqual(['model_keys_marked', []]);
    expect(view.chunks.at(-1)?.body).toMatchObject({
      message: expect.stringMatching(/"a1".*HTTP 401.*everturn keys clear a.*"b1".*HTTP 402/),
    });
  });
});

test('with limits.allKeysMarked: fail, a turn fails at once', async () => {
  const own = await openStack({ models: [...names] });
  try {
    await own.startWorker({ models: modelsOf(), allKeysMarked: 'fail' });
    const id = await begin([limited('3'), limited('2')], undefined, own);
    expect(await settled(own, id, 1)).toMatchObject({ status: 'failed', code: 'model_rate_limited' });
    expect(asked(id)).toEqual(['a1', 'b1']);
  } finally {
    await own.close();
  }
});

test('a key comes back by itself, and its answer removes the mark', async () => {
  const id = await begin([limited('1'), done]);
  await settled(stack, id, 1);
  await until('the mark to pass', async () => (await stack.store.keys.marks()).every(({ leftMs }) => leftMs === 0));
  stack.model.script([done], id);
  await stack.api.sendMessage(id, { text: 'more' });
  const { view } = await settled(stack, id, 2);
  expect(asked(id)).toEqual(['a1', 'b1', 'a1']);
  expect(systemTexts(view).at(-1)).toContain('The key "a" is asked again');
  expect(await stack.store.keys.marks()).toEqual([]);
});
