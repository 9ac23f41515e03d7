import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { clearMarks } from './support/marks.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack({ models: ['first', 'second', 'third'] });
  await stack.startWorker();
});
afterAll(() => stack.close());
beforeEach(() => clearMarks(stack));

const begin = async (steps: ScriptedStep[], models: string[] = [], model = 'first') => {
  const id = randomUUID();
  stack.model.script(steps, id);
  const definition = { name: 'a', description: '', prompt: 'Work.', models, permissions: [] };
  await stack.store.sessions.create(sessionRow(id, { workspace: stack.workspace, model, definition }));
  await stack.api.sendMessage(id, { text: id });
  return id;
};

const asked = (id: string): string[] => stack.model.requests(id).map(({ body }) => body.model);
const done: ScriptedStep = { reply: { text: 'Done.' } };
const call: ScriptedStep = { reply: { toolCalls: [{ name: 'list_files', arguments: '{}' }] } };

test('a model that refuses is followed by the next for the rest of the turn, which the transcript says', async () => {
  const id = await begin([{ status: 401 }, call, done]);
  const { status, view } = await settled(stack, id, 1);
  expect(status).toBe('completed');
  expect(asked(id)).toEqual(['first', 'second', 'second']);
  expect(view.chunks.map(({ body }) => (body.kind === 'system' ? body.label : body.kind))).toEqual([
    'text',
    'notice',
    'model-changed',
    'tool_call',
    'tool_result',
    'text',
  ]);
  const changed = view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [body.text] : []));
  expect(changed).toEqual([
    expect.stringMatching(
      /^The key "first" is not asked until .* UTC, because the provider refused the key: the model "first" answered HTTP 401, "scripted 401"\.$/,
    ),
    'The session continues with the model "second", with the key "second".',
  ]);
  const reply = view.chunks.filter(({ step }) => step === 1);
  expect(reply.map(({ ordinal, body }) => [ordinal, body.kind])).toEqual([
    [0, 'system'],
    [1, 'system'],
    [2, 'tool_call'],
    [10_000, 'tool_result'],
  ]);
  const { spans } = await stack.api.listSpans(id);
  expect(spans.filter(({ kind }) => kind === 'model').map(({ name, status: end }) => `${name} ${end}`)).toEqual([
    'first error',
    'second ok',
    'second ok',
  ]);
  await clearMarks(stack);
  stack.model.script([done], id);
  await stack.api.sendMessage(id, { text: 'more' });
  const { view: later } = await settled(stack, id, 2);
  expect(asked(id).at(-1)).toBe('first');
  expect(later.chunks.at(-2)?.body).toEqual({
    kind: 'system',
    label: 'model-changed',
    text: 'The key "first" is asked again: the session continues with the model "first", with the key "first".',
  });
});

describe('a model is given up', () => {
  test('after six failures of its own; a long wait it asks for is not waited for', async () => {
    const outage: ScriptedStep = { status: 503, times: 6 };
    const id = await begin([outage, { status: 429, headers: { 'retry-after': '3600' } }, done]);
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(asked(id)).toEqual([...Array<string>(6).fill('first'), 'second', 'third']);
  });

  test('the last one with the turn, whose error is its own', async () => {
    const id = await begin([{ status: 401 }, { status: 404 }], ['second', 'nowhere', 'first'], 'second');
    const { status, code, view } = await settled(stack, id, 1);
    expect([status, code]).toEqual(['failed', 'model_not_found']);
    expect(asked(id)).toEqual(['second', 'first']);
    expect(view.chunks.at(-1)?.body).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(
        /^Cannot ask any of the models "second", "first"\. "second" with the key "second": HTTP 401, "scripted 401", marked until \S+ \("everturn keys clear second" asks it at once\)\. "first" with the key "first": HTTP 404/,
      ),
    });
  });
});

test('a session whose models are not configured any more says which are', async () => {
  const id = await begin([], ['gone'], 'gone');
  const { status, code, view } = await settled(stack, id, 1);
  expect([status, code]).toEqual(['failed', 'model_unknown']);
  expect(view.chunks.at(-1)?.body).toMatchObject({
    message: expect.stringContaining('Cannot use the model "gone": configured are "first", "second", "third"'),
  });
});
