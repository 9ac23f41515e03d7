import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { delivered, ended, spawned, spawning, startSession, toldStates } from './support/subagents.ts';

describe.each([{ maxCachedWorkflows: 100 }, { maxCachedWorkflows: 0 }])('a background agent, %o', (options) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openStack();
    await stack.startWorker(options);
  });
  afterAll(() => stack.close());

  test('is spawned, runs, ends, and its parent reads how in a turn of its own', async () => {
    const [parent, child] = [randomUUID(), randomUUID()];
    stack.model.script(
      [
        spawning({ prompt: `${child} count the files`, label: 'Counting' }),
        {
          expect: { last: { role: 'tool', content: /Started the background agent a_\w+ "Counting"/ } },
          reply: { text: 'On it.' },
        },
        {
          expect: { last: { role: 'user', content: /"Counting" \(a_\w+\) completed\]\nThere are 3\./ } },
          reply: { text: 'Three.' },
        },
      ],
      parent,
    );
    stack.model.script([{ reply: { text: 'There are 3.' } }], child);
    const session = await startSession(stack, parent, { allow: ['write'] });
    expect((await settled(stack, session, 1)).status).toBe('completed');
    const [subagent] = await spawned(stack, session, 1);
    const { status, result, code, sessionId, deliveredTurn } = await delivered(stack, subagent?.id ?? '');
    expect({ status, result, code, deliveredTurn }).toEqual({
      status: 'completed',
      result: 'There are 3.',
      code: null,
      deliveredTurn: 2,
    });
    expect((await settled(stack, session, 2)).status).toBe('completed');
    expect(await toldStates(stack, session)).toEqual({ [subagent?.id ?? '']: ['queued', 'running', 'completed'] });
    const { session: own } = await stack.api.getSession(sessionId ?? '');
    expect({ title: own.title, allow: own.allow, workspace: own.workspace }).toEqual({
      title: 'Counting',
      allow: ['write'],
      workspace: stack.workspace,
    });
    expect(stack.model.failures).toEqual([]);
  });

  test('that fails says so, with the code and what the provider said', async () => {
    const [parent, child] = [randomUUID(), randomUUID()];
    stack.model.script(
      [
        spawning({ prompt: child, label: 'Failing' }),
        { reply: { text: 'On it.' } },
        {
          expect: { last: { role: 'user', content: /failed: model_refused\]\n.*no such luck/ } },
          reply: { text: 'Oh.' },
        },
      ],
      parent,
    );
    stack.model.script([{ status: 400, error: { error: { message: 'no such luck' } } }], child);
    const session = await startSession(stack, parent);
    const [subagent] = await spawned(stack, session, 1);
    expect(await ended(stack, subagent?.id ?? '')).toMatchObject({
      status: 'failed',
      code: 'model_refused',
      result: null,
    });
    expect((await settled(stack, session, 2)).status).toBe('completed');
    expect(stack.model.failures).toEqual([]);
  });
});
