import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { turnWorkflowId } from '../contracts/ids.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack();
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

test('a turn that is cancelled before its first task asks no model', async () => {
  const key = randomUUID();
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  // Nobody works yet.
  await stack.api.sendMessage(id, { text: key });
  expect(await stack.api.cancelTurn(id)).toEqual({ turnId: `${id}/1` });
  const worker = await stack.startWorker();
  expect((await settled(stack, id, 1)).status).toBe('cancelled');
  expect(stack.model.requests(key)).toEqual([]);
  await worker.stop();
});

test('a turn that is cancelled before its workflow is there does not begin', async () => {
  const key = randomUUID();
  const { id: sessionId } = await stack.api.createSession({ workspace: stack.workspace });
  const message = { id: `m_${key}`, sessionId, text: key, whenBusy: 'enqueue' as const };
  const { starts } = await stack.store.messages.accept(message);
  expect((await stack.store.turns.cancel(sessionId))?.turn).toBe(1);
  if (!starts) throw new Error('nothing to start');
  await stack.gateway.startTurn(starts);
  const worker = await stack.startWorker();
  expect((await settled(stack, sessionId, 1)).status).toBe('cancelled');
  expect(stack.model.requests(key)).toEqual([]);
  await worker.stop();
});

test('P1: a turn that was terminated from outside is settled, and the message that waited is answered', async () => {
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
  expect((await stack.api.sendMessage(id, { text: 'and this' })).turnId).toBeNull();
  await client.workflow.getHandle(turnWorkflowId(id, 1)).terminate('a test');
  // The keepers look at it later: it is as if some time had passed.
  await stack.store.database.query(
    `UPDATE turns SET started_at = started_at - interval '1 min', watched_at = NULL WHERE session_id = $1`,
    [id],
  );
  expect(await settled(stack, id, 1)).toMatchObject({ status: 'failed', code: 'turn_terminated' });
  expect((await settled(stack, id, 2)).status).toBe('completed');
  expect(stack.model.failures).toEqual([]);
  await worker.stop();
});

test('a message that a turn has read begins no other turn, whoever sends it again', async () => {
  const key = randomUUID();
  stack.model.script([{ reply: { text: 'once' } }, { reply: { text: 'next' } }], key);
  const worker = await stack.startWorker();
  const session = await stack.api.createSession({ workspace: stack.workspace });
  const read = await stack.api.sendMessage(session.id, { text: key }, { idempotencyKey: key });
  await settled(stack, session.id, 1);
  expect(await stack.api.sendMessage(session.id, { text: key }, { idempotencyKey: key })).toEqual(read);
  await stack.api.sendMessage(session.id, { text: 'go on' });
  const { view } = await settled(stack, session.id, 2);
  expect(view.chunks.flatMap(({ body }) => (body.kind === 'text' ? [body.text] : []))).toEqual([
    key,
    'once',
    'go on',
    'next',
  ]);
  expect(stack.model.failures).toEqual([]);
  await worker.stop();
});

test('a session deleted between accept and start leaves nothing behind', async () => {
  const key = randomUUID();
  const { id: sessionId } = await stack.api.createSession({ workspace: stack.workspace });
  const message = { id: `m_${key}`, sessionId, text: key, whenBusy: 'enqueue' as const };
  const { starts } = await stack.store.messages.accept(message);
  await stack.api.deleteSession(sessionId);
  if (!starts) throw new Error('nothing to start');
  await stack.gateway.startTurn(starts);
  const worker = await stack.startWorker();
  const handle = client.workflow.getHandle(turnWorkflowId(sessionId, 1));
  await until('its workflow to end', async () => (await handle.describe()).status.name === 'COMPLETED');
  expect(stack.model.requests(key)).toEqual([]);
  await worker.stop();
});
