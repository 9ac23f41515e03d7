import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiClient } from '../client/api.ts';
import { turnWorkflowId } from '../contracts/ids.ts';
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
  test('its row is committed and its turn assigned, and nobody started that: the API finds it', async () => {
    const key = randomUUID();
    stack.model.script(answers(1), key);
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    await stack.store.messages.accept({ id: `m_${key}`, sessionId: id, text: key, whenBusy: 'enqueue' });
    await settled(stack, id, 1);
    expect(await userTexts(id)).toEqual([key]);
  });

  test('its turn is started by several at once, and again after its end: it takes effect once', async () => {
    const key = randomUUID();
    stack.model.script(answers(1), key);
    const session = await stack.api.createSession({ workspace: stack.workspace });
    const message = { id: `m_${key}`, sessionId: session.id, text: key, whenBusy: 'enqueue' as const };
    const sent = await Promise.all([1, 2, 3].map(() => stack.delivery.message(message)));
    expect(sent).toEqual([1, 1, 1]);
    await settled(stack, session.id, 1);
    await stack.gateway.startTurn({ sessionId: session.id, turn: 1, agent: 'default', model: 'scripted' });
    expect(await stack.delivery.message(message)).toBe(1);
    await expect(stack.delivery.message({ ...message, text: 'another' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    expect(await userTexts(session.id)).toEqual([key]);
  });

  test('the API is killed with -9 at random moments, the client sends again with the same key', async () => {
    const key = randomUUID();
    const count = 15;
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
    expect(kills).toBe(5);
    await until('all turns to settle', async () => {
      const { session } = await stack.api.getSession(id);
      return session.status === 'idle' && session.turns === count;
    });
    expect((await userTexts(id)).toSorted()).toEqual(
      Array.from({ length: count }, (_, index) => text(index)).toSorted(),
    );
    expect(stack.model.failures).toEqual([]);
  });

  test('500 at once to one session, from two processes of the API', async () => {
    const key = randomUUID();
    const count = 500;
    stack.model.script(
      [{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'first' }, times: { min: 1, max: count + 5 } }],
      key,
    );
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    const apis = await Promise.all([processes.api(), processes.api()]);
    const clients = apis.map(({ baseUrl }) => createApiClient({ baseUrl, token: stack.token }));
    const sent = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        clients[index % 2]?.sendMessage(id, { text: `${key} ${index}` }, { idempotencyKey: `${key} ${index}` }),
      ),
    );
    expect(sent.filter((answer) => answer?.turnId !== null)).toHaveLength(1);
    const { view } = await stack.api.getSession(id);
    expect(view.waiting).toHaveLength(count - 1);
    // One runs and 499 wait: one more may wait, and then the queue is full.
    await stack.api.sendMessage(id, { text: 'the last that fits' });
    await expect(stack.api.sendMessage(id, { text: 'too many' })).rejects.toMatchObject({ code: 'queue_full' });
    expect((await stack.api.getSession(id)).view.waiting).toHaveLength(count);
    await stack.api.deleteSession(id);
    stack.model.open(key);
    await Promise.all(apis.map((api) => api.kill9()));
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

  test('reject: 409, and no message is stored', async () => {
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

test('a turn that waits for its end starts the next by itself: no process of the API is needed', async () => {
  const key = randomUUID();
  stack.model.script(
    [{ pauseAfter: { pieces: 2, gate: key }, reply: { text: 'A first reply of many words' } }, ...answers(1)],
    key,
  );
  const api = await processes.api();
  const client = createApiClient({ baseUrl: api.baseUrl, token: stack.token });
  const { id } = await client.createSession({ workspace: stack.workspace });
  await client.sendMessage(id, { text: key });
  await stack.model.reached(key);
  await client.sendMessage(id, { text: 'second' });
  await api.kill9();
  stack.model.open(key);
  await settled(stack, id, 2);
  const { workflow } = new Client({ connection: stack.connection });
  const { raw } = await workflow.getHandle(turnWorkflowId(id, 2)).describe();
  expect(raw.workflowExecutionInfo?.parentExecution?.workflowId).toBe(turnWorkflowId(id, 1));
});
