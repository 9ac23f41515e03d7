import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { turnWorkflowId } from '../contracts/ids.ts';
import { kinds, settled } from './support/conversation.ts';
import type { ScriptedStep } from './support/scripted-model.ts';
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

const start = async (steps: ScriptedStep[], allow: ('write' | 'run')[] = []) => {
  const key = randomUUID();
  stack.model.script(
    steps.map((step) => (step.pauseAfter ? { ...step, pauseAfter: { ...step.pauseAfter, gate: key } } : step)),
    key,
  );
  const { id } = await stack.api.createSession({ workspace: stack.workspace, allow });
  await stack.api.sendMessage(id, { text: key });
  return { id, key };
};

const cancel = async (id: string, turn = 1) => {
  expect(await stack.api.cancelTurn(id)).toEqual({ turnId: `${id}/${turn}` });
  const end = await settled(stack, id, turn);
  expect(end.status).toBe('cancelled');
  await until('the workflow of the turn to end', async () => {
    const { status } = await client.workflow.getHandle(turnWorkflowId(id, turn)).describe();
    return status.name === 'COMPLETED';
  });
  expect(end.view.live).toEqual([]);
  expect(end.view.approvals).toEqual([]);
  return end.view;
};

const command = (script: string) => ({
  reply: { toolCalls: [{ name: 'run_command', arguments: JSON.stringify({ argv: ['sh', '-c', script] }) }] },
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('cancel (P8)', () => {
  test('while the model answers: what it said so far is kept', async () => {
    const { id, key } = await start([
      { pauseAfter: { pieces: 3, gate: '' }, reply: { text: 'One two three four five six.' } },
    ]);
    await until('some words', async () => (await stack.api.getSession(id)).view.live[0]?.parts[0]?.text);
    const view = await cancel(id);
    expect(kinds(view)).toEqual(['text', 'text', 'system']);
    await until('the request to the provider to be cut', () => stack.model.requests(key)[0]?.outcome === 'aborted');
    stack.model.open(key);
  });

  test('before the model says anything', async () => {
    const { id, key } = await start([{ pauseAfter: { pieces: 0, gate: '' }, reply: { text: 'Never.' } }]);
    await stack.model.reached(key);
    expect(kinds(await cancel(id))).toEqual(['text', 'system']);
    stack.model.open(key);
  });

  test('while a command runs: the step before is kept, and no process is left', async () => {
    const { id } = await start([command('echo $$ > pid.txt; sleep 300 & wait')], ['run']);
    const pid = await until('the command to start', async () =>
      Number(await readFile(path.join(stack.workspace, 'pid.txt'), 'utf8').catch(() => '0')),
    );
    const view = await cancel(id);
    expect(kinds(view)).toEqual(['text', 'tool_call', 'tool_result', 'system']);
    expect(view.chunks.find(({ body }) => body.kind === 'tool_result')?.body).toMatchObject({ status: 'cancelled' });
    await until('the process to be gone', () => !isAlive(pid));
  });

  test('while a person is asked', async () => {
    const { id } = await start([command('echo never')]);
    const [approval] = await until('the question', async () => {
      const { approvals } = (await stack.api.getSession(id)).view;
      return approvals.length > 0 && approvals;
    });
    expect(kinds(await cancel(id))).toEqual(['text', 'tool_call', 'system']);
    await expect(stack.api.answerApproval(approval?.id ?? '', { decision: 'approve' })).rejects.toMatchObject({
      code: 'approval_closed',
    });
  });

  test('when nothing runs, nothing happens; the session goes on', async () => {
    const { id } = await start([{ reply: { text: 'Done.' } }, { reply: { text: 'More.' } }]);
    await settled(stack, id, 1);
    expect(await stack.api.cancelTurn(id)).toEqual({ turnId: null });
    await stack.api.sendMessage(id, { text: 'more' });
    expect((await settled(stack, id, 2)).status).toBe('completed');
  });

  test('from Temporal, by an operator: the turn is settled and the session goes on', async () => {
    const { id, key } = await start([
      { pauseAfter: { pieces: 1, gate: '' }, reply: { text: 'One two three.' } },
      { reply: { text: 'Next.' } },
    ]);
    await stack.model.reached(key);
    await client.workflow.getHandle(turnWorkflowId(id, 1)).terminate('by an operator');
    const { status, code } = await settled(stack, id, 1);
    expect([status, code]).toEqual(['failed', 'turn_terminated']);
    stack.model.open(key);
    await stack.api.sendMessage(id, { text: 'next' });
    expect((await settled(stack, id, 2)).status).toBe('completed');
  });

  // Must be last: the refusal marks the key, and later sessions would wait for it.
  test('while it waits to try a failed request again', async () => {
    const { id } = await start([{ status: 500 }, { status: 429, headers: { 'retry-after': '60' } }]);
    await until('the second failure', async () => (await stack.api.listSpans(id)).spans.length === 2);
    await cancel(id);
  });
});
