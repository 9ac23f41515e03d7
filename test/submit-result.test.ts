import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds, settled } from './support/conversation.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';

const schema = {
  type: 'object',
  properties: { items: { type: 'array', items: { $ref: '#/$defs/item' } } },
  required: ['items'],
  additionalProperties: false,
  $defs: { item: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
};

// With no workflow kept in memory, every workflow task replays its history from the start.
describe.each([{ maxCachedWorkflows: 100 }, { maxCachedWorkflows: 0 }])('a session with a schema, %o', (options) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await stack.startWorker(options);
  });
  afterAll(() => stack.close());

  const begin = async (steps: ScriptedStep[]) => {
    const id = randomUUID();
    stack.model.script(steps, id);
    await stack.store.sessions.create(sessionRow(id, { workspace: stack.workspace, schema }));
    await stack.api.sendMessage(id, { text: id });
    return id;
  };
  const handIn = (result: unknown) => ({ name: 'submit_result', arguments: { result } });

  test('a result that does not fit is answered with its faults, one that fits ends the turn without a request', async () => {
    const id = await begin([
      {
        expect: ({ tools = [] }) => {
          const offered = tools.find(({ function: { name } }) => name === 'submit_result')?.function.parameters;
          const { $defs, ...result } = schema;
          expect(offered).toEqual({
            type: 'object',
            properties: { result },
            required: ['result'],
            additionalProperties: false,
            $defs,
          });
        },
        reply: { toolCalls: [handIn({ items: [{ name: 1 }, {}], more: true })] },
      },
      {
        expect: ({ messages }) =>
          expect(messages.at(-1)?.content?.split('\n').toSorted()).toEqual([
            '- result.items[0].name: must be string',
            "- result.items[1]: must have required property 'name'",
            '- result: must not have the property "more"',
            'Cannot take the result: it does not fit the schema:',
            'Hand it in again.',
          ]),
        reply: { toolCalls: [{ name: 'submit_result', arguments: '{}' }] },
      },
      {
        expect: { last: { content: /it is missing; pass it as the argument "result"/ } },
        reply: {
          text: 'Here.',
          toolCalls: [
            { name: 'list_files', arguments: '{}' },
            handIn({ items: [{ name: 'a' }] }),
            { name: 'list_files', arguments: '{"path":"."}' },
          ],
        },
      },
    ]);
    const { status, code, view } = await settled(stack, id, 1);
    expect(stack.model.failures).toEqual([]);
    expect([status, code]).toEqual(['completed', null]);
    expect(stack.model.requests(id)).toHaveLength(3);
    const results = view.chunks.flatMap(({ body }) =>
      body.kind === 'tool_result' ? [`${body.tool} ${body.status}`] : [],
    );
    expect(results).toEqual(['submit_result error', 'submit_result error', 'list_files ok', 'submit_result ok']);
    expect(await stack.store.requests.submitted(id)).toEqual({ items: [{ name: 'a' }] });
    expect(await stack.store.requests.lastText(id)).toBe('Here.');
  });

  test('a turn that ends without a result is completed, and the next one may hand it in', async () => {
    const id = await begin([
      { reply: { text: 'It is a.' } },
      { expect: { last: { content: 'Hand in' } }, reply: { toolCalls: [handIn({ items: [] })] } },
      {
        expect: ({ messages }) =>
          expect(messages.slice(-3).map(({ role, content }) => [role, content])).toEqual([
            ['tool', 'Taken.'],
            ['assistant', '[Done.]'],
            ['user', 'And?'],
          ]),
        reply: { text: 'No more.' },
      },
    ]);
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(await stack.store.requests.submitted(id)).toBeUndefined();
    expect(await stack.store.requests.lastText(id)).toBe('It is a.');
    await stack.api.sendMessage(id, { text: 'Hand in your result' });
    const { status, view } = await settled(stack, id, 2);
    expect(status).toBe('completed');
    expect(kinds(view).slice(-2)).toEqual(['tool_call', 'tool_result']);
    expect(await stack.store.requests.submitted(id)).toEqual({ items: [] });
    expect(await stack.store.requests.lastText(id)).toBe('');
    await stack.api.sendMessage(id, { text: 'And?' });
    expect((await settled(stack, id, 3)).status).toBe('completed');
    expect(stack.model.failures).toEqual([]);
  });
});
