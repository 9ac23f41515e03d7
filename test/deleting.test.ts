import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { turnWorkflowId } from '../contracts/ids.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
});
afterAll(() => stack.close());

test('a session deleted in the middle of a turn leaves no row, no workflow and no request', async () => {
  const key = randomUUID();
  stack.model.script([{ pauseAfter: { pieces: 2, gate: key }, reply: { text: 'One two three four five.' } }], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await stack.model.reached(key);
  await stack.api.deleteSession(id);
  await expect(stack.api.getSession(id)).rejects.toMatchObject({ code: 'session_not_found' });
  const client = new Client({ connection: stack.connection });
  for (const workflowId of [turnWorkflowId(id, 1)]) {
    await until(
      `${workflowId} to end`,
      async () => (await client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING',
    );
  }
  await until('the request to be cut', () => stack.model.requests(key)[0]?.outcome === 'aborted');
  stack.model.open(key);
  for (const table of ['chunks', 'operations', 'turns', 'messages', 'spans']) {
    expect(await stack.store.database.query(`SELECT 1 FROM ${table} WHERE session_id = $1`, [id])).toEqual([]);
  }
  expect(await stack.store.database.query('SELECT 1 FROM events WHERE stream = $1', [`session/${id}`])).toEqual([]);
});
