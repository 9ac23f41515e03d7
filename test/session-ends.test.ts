import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionWorkflowId } from '../contracts/ids.ts';
import type { SessionInput } from '../workflows/session/messages.ts';
import { settled } from './support/conversation.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack();
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

test('a session that is cancelled before its first task cancels the turn that it starts', async () => {
  const key = randomUUID();
  stack.model.script(
    [{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'never' }, times: { min: 0, max: 1 } }],
    key,
  );
  await stack.store.sessions.create(sessionRow(key, { workspace: stack.workspace }));
  const messageId = `run/${key}`;
  await stack.store.messages.accept({ id: messageId, sessionId: key, text: key, whenBusy: 'enqueue' });
  const input: SessionInput = {
    sessionId: key,
    agent: 'default',
    model: 'scripted',
    allow: [],
    consoleUrl: '',
    nextTurn: 1,
    first: messageId,
  };
  // Nobody works yet: its first task holds both its start and its cancelling.
  const handle = await client.workflow.start('session', {
    workflowId: sessionWorkflowId(key),
    taskQueue: stack.name,
    args: [input],
  });
  await handle.cancel();
  const worker = await stack.startWorker();
  await handle.result();
  expect((await settled(stack, key, 1)).status).toBe('cancelled');
  await worker.stop();
});

test('P1: a message that a session had taken when its workflow was terminated goes to the next one', async () => {
  const key = randomUUID();
  stack.model.script(
    [
      { pauseAfter: { pieces: 0, gate: key }, reply: { text: 'one' }, times: { min: 1, max: 5 } },
      { reply: { text: 'two' } },
    ],
    key,
  );
  const worker = await stack.startWorker();
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await stack.model.reached(key);
  const second = await stack.api.sendMessage(id, { text: 'and this' });
  expect(second.turnId).toBe(`${id}/2`);
  const age = `UPDATE messages SET acknowledged_at = now() - interval '61 s' WHERE id = $1 AND status = 'accepted'`;
  const { store } = stack;
  // The reconciler has told the first workflow of it too, and noted that.
  await store.database.query(age, [second.messageId]);
  await until('the message to be noted again', async () => {
    const [row] = await store.database.query(
      `SELECT FROM messages WHERE id = $1 AND acknowledged_at > now() - interval '60 s'`,
      [second.messageId],
    );
    return row !== undefined;
  });
  await client.workflow.getHandle(sessionWorkflowId(id)).terminate('a test');
  expect((await settled(stack, id, 1)).status).toBe('cancelled');
  await store.database.query(age, [second.messageId]);
  expect((await settled(stack, id, 2)).status).toBe('completed');
  expect(stack.model.failures).toEqual([]);
  await worker.stop();
});

test('a message that a turn has read, or that was taken back, begins no other turn, whoever sends it again', async () => {
  const key = randomUUID();
  stack.model.script([{ reply: { text: 'once' } }, { reply: { text: 'next' } }], key);
  const worker = await stack.startWorker();
  const { store } = stack;
  const session = await stack.api.createSession({ workspace: stack.workspace });
  const read = await stack.api.sendMessage(session.id, { text: key });
  await settled(stack, session.id, 1);
  const back = { id: `m_${randomUUID()}`, sessionId: session.id, text: 'never mind', whenBusy: 'enqueue' as const };
  const taken = await store.messages.accept(back);
  await store.messages.withdraw(taken.id, session.id, 'session_busy');
  await client.workflow.getHandle(sessionWorkflowId(session.id)).terminate('a test');
  // As somebody does who knew of them before, to a workflow that has seen neither.
  const again = { ...taken, id: read.messageId, text: key };
  for (const message of [again, taken]) {
    await stack.gateway.submit({ ...session, nextTurn: 2 }, { ...message, acknowledgedAt: 'once more' });
  }
  const next = await stack.api.sendMessage(session.id, { text: 'go on' });
  const turn = Number(next.turnId?.split('/')[1]);
  const { view } = await settled(stack, session.id, turn);
  expect(Object.keys(view.turns)).toEqual(['1', String(turn)]);
  expect(view.chunks.flatMap(({ body }) => (body.kind === 'text' ? [body.text] : []))).toEqual([
    key,
    'once',
    'go on',
    'next',
  ]);
  expect(stack.model.failures).toEqual([]);
  await worker.stop();
});
