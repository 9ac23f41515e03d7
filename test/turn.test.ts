import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds, settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';

// With no workflow kept in memory, every workflow task replays its history from the start.
describe.each([{ maxCachedWorkflows: 100 }, { maxCachedWorkflows: 0 }])('a turn, %o', (options) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await stack.startWorker(options);
  });
  afterAll(() => stack.close());

  const start = async (text: string, session: { allow?: ('write' | 'run')[] } = {}) => {
    const { id } = await stack.api.createSession({ workspace: stack.workspace, ...session });
    const { turnId } = await stack.api.sendMessage(id, { text });
    expect(turnId).toBe(`${id}/1`);
    return id;
  };

  test('reads a file and answers', async () => {
    await writeFile(path.join(stack.workspace, 'a.txt'), 'forty-two\n');
    stack.model.script(
      [
        { reply: { thinking: 'Look.', toolCalls: [{ name: 'read_file', arguments: '{"path":"a.txt"}' }] } },
        { expect: { last: { role: 'tool', content: 'forty-two' } }, reply: { text: 'It says forty-two.' } },
      ],
      'reading',
    );
    const id = await start('reading: what does a.txt say?');
    const { status, view } = await settled(stack, id, 1);
    expect(stack.model.failures).toEqual([]);
    expect(status).toBe('completed');
    expect(kinds(view)).toEqual(['text', 'thinking', 'tool_call', 'tool_result', 'text']);
    expect(view.usage.requests).toBe(2);
    expect(view.chunks.map(({ seq }) => seq)).toEqual([1, 2, 3, 5, 6]);
  });

  test('runs several calls of one step and gives their results in the order of the calls', async () => {
    const calls = ['one', 'two', 'three'].map((name) => ({ name: 'read_file', arguments: `{"path":"${name}.txt"}` }));
    for (const name of ['one', 'two', 'three'])
      await writeFile(path.join(stack.workspace, `${name}.txt`), `is ${name}`);
    stack.model.script(
      [
        { reply: { toolCalls: calls } },
        {
          expect: ({ messages }) =>
            expect(messages.slice(-3).map(({ content }) => content?.match(/is (\w+)/)?.[1])).toEqual([
              'one',
              'two',
              'three',
            ]),
          reply: { text: 'Three.' },
        },
      ],
      'several',
    );
    const { status } = await settled(stack, await start('several'), 1);
    expect(stack.model.failures).toEqual([]);
    expect(status).toBe('completed');
  });

  test('tells the model of a tool that is not there, of arguments that do not fit, and of a path outside', async () => {
    stack.model.script(
      [
        { reply: { toolCalls: [{ name: 'reed_file', arguments: '{}' }] } },
        {
          expect: { last: { content: /there is no such tool; nearest are read_file/ } },
          reply: { toolCalls: [{ name: 'read_file', arguments: '{"path":' }] },
        },
        {
          expect: { last: { content: /not valid JSON/ } },
          reply: { toolCalls: [{ name: 'read_file', arguments: '{"path":"../../etc/passwd"}' }] },
        },
        { expect: { last: { content: /outside the workspace|leaves the workspace/ } }, reply: { text: 'I give up.' } },
      ],
      'mistakes',
    );
    const { status, view } = await settled(stack, await start('mistakes'), 1);
    expect(stack.model.failures).toEqual([]);
    expect(status).toBe('completed');
    const results = view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.status] : []));
    expect(results).toEqual(['error', 'error', 'error']);
  });

  test('goes on over several turns, each request an extension of the one before', async () => {
    stack.model.script(
      Array.from({ length: 3 }, (_, index) => ({ reply: { text: `Answer ${index}` } })),
      'turns',
    );
    const id = await start('turns');
    await settled(stack, id, 1);
    for (const turn of [2, 3]) {
      await stack.api.sendMessage(id, { text: `and ${turn}?` });
      await settled(stack, id, turn);
    }
    const bodies = stack.model
      .requests('turns')
      .map(({ body }) => body.messages.map((message) => JSON.stringify(message)));
    for (const [index, messages] of bodies.entries())
      expect(messages.slice(0, bodies[index - 1]?.length ?? 0)).toEqual(bodies[index - 1] ?? []);
    const { spans } = await stack.api.listSpans(id);
    expect(spans.map(({ attributes }) => (attributes.prefix as { extends: boolean }).extends)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
