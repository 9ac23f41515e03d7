import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { turnWorkflowId } from '../contracts/ids.ts';
import { searchAttributes } from '../contracts/temporal.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

const megabyte = 1024 * 1024;

test('P7: 100 model calls in one turn with 5 KB tool results stay far below 2 MB of history; nothing anybody wrote is in it', async () => {
  const canary = `canary-${randomUUID()}`;
  const steps = 99;
  await writeFile(path.join(stack.workspace, 'five.txt'), `${canary} ${'lorem ipsum '.repeat(420)}`);
  stack.model.script(
    [
      ...Array.from({ length: steps }, (_, index) => ({
        reply: {
          thinking: `${canary} thought`,
          text: `${canary} says`,
          toolCalls: [
            { name: 'read_file', arguments: JSON.stringify({ path: 'five.txt', offset: 1, limit: 100 + index }) },
          ],
        },
      })),
      { reply: { text: `${canary} ends` } },
    ],
    canary,
  );
  const { id } = await stack.api.createSession({ workspace: stack.workspace, title: canary });
  await stack.api.sendMessage(id, { text: `${canary} asks` });
  await until(
    'the turn to settle',
    async () => (await stack.api.getSession(id)).view.turns[1]?.status === 'completed',
    220_000,
  );
  expect(stack.model.requests(canary)).toHaveLength(steps + 1);

  const handle = client.workflow.getHandle(turnWorkflowId(id, 1));
  await until('the workflow to be written down', async () => (await handle.describe()).historyLength > 5);
  const description = await handle.describe();
  expect(description.historySize).toBeLessThan(2 * megabyte);
  const history = await handle.fetchHistory();
  // Payloads come as base64.
  const everything = JSON.stringify([history, description.raw], (_key, value) =>
    typeof value === 'string' ? `${value} ${Buffer.from(value, 'base64')}` : value,
  );
  expect(everything).toContain('read_file');
  expect(everything.includes(canary)).toBe(false);
}, 240_000);

test('P10: histories replay', async () => {
  const key = randomUUID();
  stack.model.script(
    [
      { reply: { toolCalls: [{ name: 'list_files', arguments: '{}' }] } },
      { reply: { text: 'Done.' } },
      { reply: { text: 'Again.' } },
    ],
    key,
  );
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  for (const turn of [1, 2]) {
    await stack.api.sendMessage(id, { text: key });
    await settled(stack, id, turn);
  }
  for (const workflowId of [turnWorkflowId(id, 1), turnWorkflowId(id, 2)]) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('bundlePath') } }, history, workflowId);
  }
});

test('Temporal tells the truth: a turn is found by its attributes, its activities say model and tools in their order', async () => {
  const key = randomUUID();
  stack.model.script(
    [
      { reply: { toolCalls: [{ name: 'list_files', arguments: '{}' }] } },
      { reply: { toolCalls: [{ name: 'run_command', arguments: '{"argv":["true"]}' }] } },
      { reply: { text: 'Done.' } },
    ],
    key,
  );
  const { id } = await stack.api.createSession({ workspace: stack.workspace, allow: ['run'] });
  await stack.api.sendMessage(id, { text: key });
  await settled(stack, id, 1);
  const query = `${searchAttributes.kind} = "turn" AND ${searchAttributes.session} = "${id}" AND ExecutionStatus = "Completed"`;
  const found = await until('visibility', async () => {
    const { value } = await client.workflow.list({ query })[Symbol.asyncIterator]().next();
    return value as { workflowId: string } | undefined;
  });
  expect(found.workflowId).toBe(turnWorkflowId(id, 1));
  const { events } = await client.workflow.getHandle(found.workflowId).fetchHistory();
  const decoded = (payload: { data?: Uint8Array | null } | null | undefined): unknown[] =>
    payload?.data ? [JSON.parse(Buffer.from(payload.data).toString())] : [];
  const summaries = (events ?? []).flatMap(({ userMetadata }) => decoded(userMetadata?.summary));
  expect(summaries).toEqual([
    `Turn 1 of session ${id}`,
    'scripted, step 1',
    'scripted, step 2',
    'run_command, step 2',
    'scripted, step 3',
  ]);
  const results = (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: done }) =>
    decoded(done?.result?.payloads?.[0]),
  );
  expect(results).toEqual([
    { outcome: 'tools', calls: [{ call: 0, tool: 'list_files', effect: 'pure', approval: 'none', ran: true }] },
    { outcome: 'tools', calls: [{ call: 0, tool: 'run_command', effect: 'once', approval: 'none' }] },
    { finished: false },
    { outcome: 'finished' },
  ]);
});

test('1,000 idle sessions leave no open workflow', async () => {
  const key = randomUUID();
  stack.model.script([{ reply: { text: 'Done.' }, times: { min: 10, max: 10 } }], key);
  const sessions = [];
  for (let made = 0; made < 1000; made += 50)
    sessions.push(
      ...(await Promise.all(Array.from({ length: 50 }, () => stack.api.createSession({ workspace: stack.workspace })))),
    );
  const spoken = sessions.slice(0, 10);
  await Promise.all(spoken.map(({ id }) => stack.api.sendMessage(id, { text: key })));
  await Promise.all(spoken.map(({ id }) => settled(stack, id, 1)));
  await until('visibility', async () => {
    const query = `TaskQueue = "${stack.name}" AND ExecutionStatus = "Running"`;
    return (await client.workflow.count(query)).count === 0;
  });
});
