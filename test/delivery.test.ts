import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../client/api.ts';
import { sessionWorkflowId } from '../contracts/ids.ts';
import type { Message } from '../store/messages.ts';
import type { SessionInput } from '../workflows/session/messages.ts';
import { kinds, settled } from './support/conversation.ts';
import { openProcesses } from './support/processes.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let processes: Awaited<ReturnType<typeof openProcesses>>;
beforeAll(async () => {
  stack = await openStack();
  processes = await openProcesses(stack);
  await stack.startWorker();
});
afterAll(async () => {
  await processes.close();
  await stack.close();
});

const answers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ reply: { text: `Answer ${index}` } }));
const userTexts = async (id: string): Promise<string[]> => {
  const { chunks } = await stack.api.listChunks(id, { limit: 1000 });
  return chunks.flatMap(({ body }) => (body.kind === 'text' && body.role === 'user' ? [body.text] : []));
};

describe('a message answered 2xx is never lost and takes effect once (P1)', () => {
  test('its row is committed and nobody was told: the reconciler delivers it', async () => {
    const key = randomUUID();
    stack.model.script(answers(1), key);
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    await stack.store.messages.accept({ id: `m_${key}`, sessionId: id, text: key, whenBusy: 'enqueue' });
    await settled(stack, id, 1);
    expect(await userTexts(id)).toEqual([key]);
  });

  test('it was delivered and nobody noted it: sent again, it takes effect once', async () => {
    const key = randomUUID();
    stack.model.script(answers(1), key);
    const session = await stack.api.createSession({ workspace: stack.workspace });
    const message = await stack.store.messages.accept({
      id: `m_${key}`,
      sessionId: session.id,
      text: key,
      whenBusy: 'enqueue',
    });
    const sent = await Promise.all([1, 2, 3].map(() => stack.gateway.submit({ ...session, nextTurn: 1 }, message)));
    expect(sent).toEqual([{ turn: 1 }, { turn: 1 }, { turn: 1 }]);
    await settled(stack, session.id, 1);
    expect(await stack.gateway.submit({ ...session, nextTurn: 2 }, message)).toEqual({ turn: 1 });
    expect(await userTexts(session.id)).toEqual([key]);
  });

  test('the API is killed with -9 at random moments, the client sends again with the same key', async () => {
    const key = randomUUID();
    const count = 24;
    stack.model.script(answers(count), key);
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    let api = await processes.api();
    let kills = 0;
    const text = (index: number) => `${key} message ${index}`;
    const send = async (index: number): Promise<void> => {
      const client = createApiClient({ baseUrl: api.baseUrl, token: stack.token });
      await client.sendMessage(id, { text: text(index) }, { idempotencyKey: `${key}/${index}` });
    };
    for (let index = 0; index < count; index++) {
      const sending = send(index).then(
        () => true,
        () => false,
      );
      if (index % 3 === 0) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
        await api.kill9();
        kills += 1;
        api = await processes.api();
      }
      if (!(await sending)) await send(index);
    }
    expect(kills).toBe(8);
    await until(
      'all turns to settle',
      async () => {
        const { session } = await stack.api.getSession(id);
        return session.status === 'idle' && session.turns === count;
      },
      60_000,
    );
    expect((await userTexts(id)).toSorted()).toEqual(
      Array.from({ length: count }, (_, index) => text(index)).toSorted(),
    );
    expect(stack.model.failures).toEqual([]);
  });

  test('sent again while the session continues-as-new', async () => {
    const key = randomUUID();
    const count = 30;
    stack.model.script(answers(count + 1), key);
    const session = await stack.api.createSession({ workspace: stack.workspace });
    const client = new Client({ connection: stack.connection });
    const input: SessionInput = {
      sessionId: session.id,
      agent: 'default',
      model: 'scripted',
      allow: [],
      consoleUrl: '',
      nextTurn: 1,
      historyLimit: 40,
    };
    const handle = await client.workflow.start('session', {
      workflowId: sessionWorkflowId(session.id),
      taskQueue: stack.name,
      args: [input],
    });
    for (let index = 0; index < count; index++) {
      const send = () =>
        stack.api.sendMessage(session.id, { text: `${key} ${index}` }, { idempotencyKey: `${key} ${index}` });
      const [one, two] = await Promise.all([send(), send()]);
      expect(two).toEqual(one);
      if (index % 4 === 3) await settled(stack, session.id, index + 1);
    }
    await settled(stack, session.id, count);
    const again = await stack.api.sendMessage(session.id, { text: `${key} 3` }, { idempotencyKey: `${key} 3` });
    expect(again.turnId).toBe(`${session.id}/4`);
    // Told once more to a run that never saw the update's id: the machine itself knows the message.
    const [old] = await stack.store.database.query<Message>(
      `SELECT id, session_id AS "sessionId", text, when_busy AS "whenBusy", status, turn FROM messages WHERE session_id = $1 AND turn = 4`,
      [session.id],
    );
    if (!old) throw new Error('message 4 is gone');
    expect(await stack.gateway.submit({ ...session, nextTurn: 99 }, old)).toEqual({ turn: 4 });
    const next = await stack.api.sendMessage(session.id, { text: `${key} ${count}` });
    expect(next.turnId).toBe(`${session.id}/${count + 1}`);
    await settled(stack, session.id, count + 1);
    expect(await userTexts(session.id)).toEqual(Array.from({ length: count + 1 }, (_, index) => `${key} ${index}`));
    const { runId } = await client.workflow.getHandle(handle.workflowId).describe();
    expect(runId).not.toBe(handle.firstExecutionRunId);
  });
});

describe('a message while a turn runs', () => {
  const busySession = async (key: string, more: number) => {
    stack.model.script(
      [{ pauseAfter: { pieces: 2, gate: key }, reply: { text: 'A first reply of many words' } }, ...answers(more)],
      key,
    );
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    await stack.api.sendMessage(id, { text: key });
    await stack.model.reached(key);
    return id;
  };

  test('enqueue: it waits, then runs', async () => {
    const key = randomUUID();
    const id = await busySession(key, 1);
    await stack.api.sendMessage(id, { text: 'second' });
    const { view } = await stack.api.getSession(id);
    expect(view.waiting.map(({ text }) => text)).toEqual(['second']);
    stack.model.open(key);
    await settled(stack, id, 2);
    expect(await userTexts(id)).toEqual([key, 'second']);
  });

  test('reject: 409, and the message is taken back', async () => {
    const key = randomUUID();
    const id = await busySession(key, 0);
    await expect(stack.api.sendMessage(id, { text: 'second', whenBusy: 'reject' })).rejects.toMatchObject({
      code: 'session_busy',
      message: expect.stringContaining('send with whenBusy "enqueue" or "interrupt"'),
    });
    stack.model.open(key);
    const { view } = await settled(stack, id, 1);
    expect(view.waiting).toEqual([]);
  });

  test('interrupt: the turn is cancelled, its words so far are kept, and the message runs before those that wait', async () => {
    const key = randomUUID();
    const id = await busySession(key, 2);
    await until('the first words', async () =>
      (await stack.api.getSession(id)).view.live.some(({ parts }) => parts.length > 0),
    );
    await stack.api.sendMessage(id, { text: 'waits' });
    await stack.api.sendMessage(id, { text: 'interrupts', whenBusy: 'interrupt' });
    await settled(stack, id, 2);
    const { status, view } = await settled(stack, id, 1);
    stack.model.open(key);
    expect(status).toBe('cancelled');
    expect(await userTexts(id)).toEqual([key, 'interrupts', 'waits']);
    expect(kinds(view).slice(0, 3)).toEqual(['text', 'text', 'system']);
  });
});
