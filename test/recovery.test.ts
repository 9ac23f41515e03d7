import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { killOrphans } from '../activities/tools/orphans.ts';
import type { Tool } from '../activities/tools/tool.ts';
import type { ToolEffect } from '../contracts/tools.ts';
import { recoverWorker } from '../runtime/recovery.ts';
import type { Store } from '../store/store.ts';
import { settled } from './support/conversation.ts';
import { openProcesses } from './support/processes.ts';
import { sessionRow } from './support/session-row.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let processes: Awaited<ReturnType<typeof openProcesses>>;
beforeAll(async () => {
  stack = await openStack();
  processes = await openProcesses(stack);
});
afterAll(async () => {
  buried();
  await processes.close();
  await stack.close();
});

const recover = (workerId: string) =>
  recoverWorker({ store: stack.store, connection: stack.connection, namespace: 'default', log: stack.log }, workerId);

const toolResults = (view: { chunks: { body: { kind: string } }[] }) =>
  view.chunks.flatMap(({ body }) =>
    body.kind === 'tool_result' ? [body as unknown as { status: string; text: string }] : [],
  );

/** What hangs in a worker that plays dead is let go at the end, so that it can stop. */
let buried: () => void = () => {};
const burial = new Promise<void>((resolve) => {
  buried = resolve;
});

/**
 * A store whose process dies, as far as anybody can see, right after the commit of a model request or of a tool call:
 * nothing is heard of it any more.
 */
const dyingAfterSeal = (store: Store, kind: 'model' | 'tool', died: () => void): Store => ({
  ...store,
  workers: { ...store.workers, beat: async () => true },
  operations: {
    ...store.operations,
    async seal(operation, seal) {
      const outcome = await store.operations.seal(operation, seal);
      if ((operation.call === null) !== (kind === 'model')) return outcome;
      died();
      await burial;
      throw new Error('The process is dead');
    },
  },
});

test('P3: a worker that dies between the seal and its answer to Temporal: the model is not asked again', async () => {
  const key = randomUUID();
  stack.model.script(
    [{ reply: { toolCalls: [{ name: 'list_files', arguments: '{}' }] } }, { reply: { text: 'Paid once.' } }],
    key,
  );
  let died: () => void = () => {};
  const death = new Promise<void>((resolve) => {
    died = resolve;
  });
  const store = dyingAfterSeal(stack.store, 'model', () => died());
  const dying = await stack.startWorker({ store, workerId: `dying-${key}` });
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await death;
  void dying.stop();
  const next = await stack.startWorker({ workerId: `next-${key}` });
  await recover(`dying-${key}`);
  const { status } = await settled(stack, id, 1);
  expect(status).toBe('completed');
  expect(stack.model.requests(key)).toHaveLength(2);
  expect(stack.model.failures).toEqual([]);
  await next.stop();
});

test('P3: the same with a result that ends the turn: it has ended, and nothing is asked', async () => {
  const key = randomUUID();
  const handIn = { name: 'submit_result', arguments: { result: 42 } };
  stack.model.script([{ reply: { toolCalls: [handIn] } }], key);
  let died: () => void = () => {};
  const death = new Promise<void>((resolve) => {
    died = resolve;
  });
  const store = dyingAfterSeal(stack.store, 'tool', () => died());
  const dying = await stack.startWorker({ store, workerId: `dying-${key}` });
  await stack.store.sessions.create(sessionRow(key, { workspace: stack.workspace, schema: { type: 'integer' } }));
  await stack.api.sendMessage(key, { text: key });
  await death;
  void dying.stop();
  const next = await stack.startWorker({ workerId: `next-${key}` });
  await recover(`dying-${key}`);
  expect((await settled(stack, key, 1)).status).toBe('completed');
  expect(await stack.store.requests.submitted(key)).toBe(42);
  // The workflow of the turn has heard of its end: the session takes the next message.
  stack.model.script([{ reply: { text: 'More.' } }], key);
  await stack.api.sendMessage(key, { text: 'more' });
  expect((await settled(stack, key, 2)).status).toBe('completed');
  expect(stack.model.requests(key)).toHaveLength(2);
  expect(stack.model.failures).toEqual([]);
  await next.stop();
});

describe('P4: a tool whose worker is killed with -9 in the middle', () => {
  const run = async (effect: ToolEffect, expected: { runs: number; status: string }) => {
    const key = randomUUID();
    const ran: string[] = [];
    let started: () => void = () => {};
    const start = new Promise<void>((resolve) => {
      started = resolve;
    });
    const tool: Tool = {
      name: 'work',
      description: 'Works.',
      parameters: z.object({}),
      effect,
      permission: 'read',
      run: async (_args, { idempotencyKey }) => {
        ran.push(idempotencyKey);
        started();
        if (ran.length === 1) await burial;
        return { status: 'ok', text: 'worked' };
      },
    };
    stack.model.script(
      [{ reply: { toolCalls: [{ name: 'work', arguments: '{}' }] } }, { reply: { text: 'Done.' } }],
      key,
    );
    const dying = await stack.startWorker({ tools: [tool], workerId: `dying-${key}` });
    const { id } = await stack.api.createSession({ workspace: stack.workspace });
    await stack.api.sendMessage(id, { text: key });
    await start;
    void dying.stop();
    const next = await stack.startWorker({ tools: [tool], workerId: `next-${key}` });
    await recover(`dying-${key}`);
    const { status, view } = await settled(stack, id, 1);
    expect(status).toBe('completed');
    expect(ran).toEqual(Array.from({ length: expected.runs }, () => `${id}/1/1/0`));
    expect(toolResults(view).map((result) => result.status)).toEqual([expected.status]);
    expect(stack.model.requests(key)).toHaveLength(2);
    await next.stop();
    return view;
  };

  test('pure: runs again', () => run('pure', { runs: 2, status: 'ok' }));
  test('idempotent: runs again with the same key', () => run('idempotent', { runs: 2, status: 'ok' }));
  test('once: never runs again, its result says that the outcome is unknown', async () => {
    const view = await run('once', { runs: 1, status: 'interrupted' });
    expect(toolResults(view)[0]?.text).toContain('outcome unknown');
  });
});

test('P4, P8: a command of a killed worker is not left running, and is not run again', async () => {
  const key = randomUUID();
  const argv = ['sh', '-c', 'echo started >> ran.txt; sleep 300'];
  stack.model.script(
    [
      { reply: { toolCalls: [{ name: 'run_command', arguments: JSON.stringify({ argv }) }] } },
      { expect: { last: { content: /outcome unknown/ } }, reply: { text: 'I see.' } },
    ],
    key,
  );
  const worker = await processes.worker();
  const { id } = await stack.api.createSession({ workspace: stack.workspace, allow: ['run'] });
  await stack.api.sendMessage(id, { text: key });
  const ran = () => readFile(path.join(stack.workspace, 'ran.txt'), 'utf8').catch(() => '');
  await until('the command to start', async () => (await ran()).includes('started'));
  await worker.kill9();
  const next = await processes.worker();
  await recover(worker.id);
  const { status } = await settled(stack, id, 1);
  expect(status).toBe('completed');
  expect(await ran()).toBe('started\n');
  expect(await killOrphans(`${id}/1/1/0`)).toBe(0);
  await next.kill9();
});

test('nobody tells of a dead worker: another process finds it within seconds', async () => {
  const key = randomUUID();
  stack.model.script([{ pauseAfter: { pieces: 1, gate: key }, times: 2, reply: { text: 'Found and finished.' } }], key);
  const worker = await processes.worker();
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await stack.model.reached(key);
  await worker.kill9();
  const next = await processes.worker();
  await stack.model.reached(key, 2);
  stack.model.open(key);
  const { status } = await settled(stack, id, 1);
  expect(status).toBe('completed');
  const { spans } = await stack.api.listSpans(id);
  expect(spans.map(({ attempt, status: end }) => [attempt, end])).toEqual([
    [1, 'interrupted'],
    [2, 'ok'],
  ]);
  await next.kill9();
});
