import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Approval } from '../contracts/approvals.ts';
import { stepWorkflowId, turnWorkflowId } from '../contracts/ids.ts';
import { settled } from './support/conversation.ts';
import { define, startRun } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

const ask = { name: 'run_command', arguments: JSON.stringify({ argv: ['sh', '-c', 'echo ran >> ran.txt'] }) };
const look = { name: 'list_files', arguments: '{"path":"."}' };

// The workflow of a step runs the turns of its agent: what a person does to such a turn reaches it there.
describe.each([{ maxCachedWorkflows: 100 }, { maxCachedWorkflows: 0 }])('a turn within its step, %o', (options) => {
  let stack: Stack;
  let client: Client;
  beforeAll(async () => {
    stack = await openStack();
    client = new Client({ connection: stack.connection });
    await stack.startWorker(options);
  });
  afterAll(() => stack.close());

  /** Starts a flow of one step, whose workflow is `handle`. */
  const startStep = async (key: string, turnHistoryLimit?: number) => {
    const name = `flow-${key}`;
    await define(stack, 'flows', name, `name: ${name}\nsteps:\n  - { id: ask, kind: agent, prompt: ${key} }\n`);
    const runId = await startRun(stack, name, turnHistoryLimit ? { turnHistoryLimit } : {});
    const of = { runId, step: 'ask', index: null };
    const sessionId = await until<string>(
      'the session',
      async () => (await stack.store.nodes.find(of))?.sessionId ?? undefined,
    );
    const handle = client.workflow.getHandle(stepWorkflowId(runId, 'ask'));
    const result = async () => {
      const found = await stack.store.nodes.result(of);
      return { ...found?.node, output: found?.output };
    };
    return { handle, sessionId, result };
  };

  const approvalOf = (sessionId: string) =>
    until<Approval>('the question', async () => (await stack.api.getSession(sessionId)).view.approvals[0]);

  const children = async (sessionId: string): Promise<string[]> => {
    const found: string[] = [];
    for (const turn of [1, 2]) {
      const id = turnWorkflowId(sessionId, turn);
      if (
        await client.workflow
          .getHandle(id)
          .describe()
          .catch(() => null)
      )
        found.push(id);
    }
    return found;
  };

  const replay = async (workflowId: string) => {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('bundlePath') } }, history, workflowId);
  };

  test('an answer reaches it, and it has no workflow of its own', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { toolCalls: [ask] } }, { reply: { text: 'Done.' } }], key);
    const { handle, sessionId, result } = await startStep(key);
    const approval = await approvalOf(sessionId);
    await until('the label', async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes
        .getAll()
        .some(({ key: { name }, value }) => name === 'EverturnStatus' && value === 'waiting');
    });
    expect(await handle.query('turn')).toMatchObject({ value: 'tools' });
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(await result()).toMatchObject({ status: 'completed', output: 'Done.' });
    expect(await children(sessionId)).toEqual([]);
    await replay(handle.workflowId);
  });

  test('cancelling its turn ends the turn, and the step fails by it', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { toolCalls: [ask] } }], key);
    const { handle, sessionId, result } = await startStep(key);
    await approvalOf(sessionId);
    expect(await stack.api.cancelTurn(sessionId)).toEqual({ turnId: `${sessionId}/1` });
    expect(await handle.result()).toMatchObject({ status: 'failed' });
    expect((await settled(stack, sessionId, 1)).status).toBe('cancelled');
    expect(await result()).toMatchObject({ status: 'failed', code: 'turn_cancelled' });
    await replay(handle.workflowId);
  });

  test('cancelling the step ends its turn first', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { toolCalls: [ask] } }], key);
    const { handle, sessionId } = await startStep(key);
    await approvalOf(sessionId);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect((await settled(stack, sessionId, 1)).status).toBe('cancelled');
    await replay(handle.workflowId);
  });

  test('messages of a wrong shape change nothing', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { toolCalls: [ask] } }, { reply: { text: 'Done.' } }], key);
    const { handle, sessionId } = await startStep(key);
    const approval = await approvalOf(sessionId);
    await expect(handle.executeUpdate('approval', { args: ['approve'] })).rejects.toThrow();
    await handle.signal('cancel', { turn: 7 });
    await handle.signal('approval.answered', null);
    // Said by a stranger: no row says so.
    await handle.executeUpdate('approval', { args: [{ turn: 7, step: 1, call: 0, decision: 'approve' }] });
    expect((await stack.api.getSession(sessionId)).session.status).toBe('waiting');
    await stack.api.answerApproval(approval.id, { decision: 'deny' });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    await replay(handle.workflowId);
  });

  test('when its history has grown too long it goes on in a workflow of its own, and is reached there', async () => {
    const key = randomUUID();
    stack.model.script(
      [
        ...Array.from({ length: 3 }, () => ({ reply: { toolCalls: [look] } })),
        { reply: { toolCalls: [ask] } },
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { handle, sessionId, result } = await startStep(key, 12);
    const approval = await approvalOf(sessionId);
    expect(await children(sessionId)).toEqual([turnWorkflowId(sessionId, 1)]);
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    expect(await handle.result()).toMatchObject({ status: 'completed' });
    expect(await result()).toMatchObject({ status: 'completed', output: 'Done.' });
    expect(stack.model.requests(key)).toHaveLength(5);
    await replay(handle.workflowId);
    await replay(turnWorkflowId(sessionId, 1));
  });

  test('and is cancelled there', async () => {
    const key = randomUUID();
    stack.model.script(
      [...Array.from({ length: 3 }, () => ({ reply: { toolCalls: [look] } })), { reply: { toolCalls: [ask] } }],
      key,
    );
    const { handle, sessionId } = await startStep(key, 12);
    await approvalOf(sessionId);
    await stack.api.cancelTurn(sessionId);
    expect(await handle.result()).toMatchObject({ status: 'failed' });
    expect((await settled(stack, sessionId, 1)).status).toBe('cancelled');
  });
});
