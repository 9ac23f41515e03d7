import { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  batchWorkflowId,
  fileChangesWorkflowId,
  itemWorkflowId,
  runWorkflowId,
  stepWorkflowId,
  subagentWorkflowId,
  turnWorkflowId,
} from '../contracts/ids.ts';
import { payloadConverterPath } from '../worker/bundle.ts';
import { createContentCodec } from '../worker/content-codec.ts';
import { settled } from './support/conversation.ts';
import { bundleOf, notingCodec, writeRecorded } from './support/recorded-history.ts';
import { define, ended, startRun } from './support/runs.ts';
import { finished, startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { delivered, spawned, spawning, startSession } from './support/subagents.ts';
import { until } from './support/until.ts';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

/** Waits for the end of the workflow, replays its history once, and writes it down. */
const record = async (name: string, workflowId: string, runId?: string): Promise<void> => {
  const handle = client.workflow.getHandle(workflowId, runId);
  const { type } = await until(`${workflowId} to end`, async () => {
    const description = await handle.describe();
    return description.status.name !== 'RUNNING' && description;
  });
  const history = await handle.fetchHistory();
  const contents: Record<string, string> = {};
  const codecs: PayloadCodec[] = type === 'script' ? [notingCodec(createContentCodec(stack.store), contents)] : [];
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: bundleOf(type) }, dataConverter: { payloadConverterPath, payloadCodecs: codecs } },
    history,
    workflowId,
  );
  await writeRecorded(name, { workflowId, workflowType: type, contents, history });
};

const command = (text: string) => ({ name: 'run_command', arguments: JSON.stringify({ argv: ['echo', text] }) });
const listing = { name: 'list_files', arguments: '{}' };

test('a turn with quick calls, an approved command, and a message that waits for its end', async () => {
  stack.model.script(
    [
      { reply: { toolCalls: [listing] } },
      { reply: { toolCalls: [listing, command('hello')] } },
      { reply: { text: 'Done.' } },
      { reply: { text: 'And done.' } },
    ],
    'tools',
  );
  const id = await startSession(stack, 'tools');
  const approval = await until('the question', async () => (await stack.api.getSession(id)).view.approvals[0]);
  await stack.api.sendMessage(id, { text: 'next' });
  await stack.api.answerApproval(approval.id, { decision: 'approve' });
  expect((await settled(stack, id, 2)).status).toBe('completed');
  await record('turn-tools', turnWorkflowId(id, 1));
  await record('turn-next', turnWorkflowId(id, 2));
});

test('a turn that is cancelled in the middle of a request', async () => {
  stack.model.script([{ pauseAfter: { pieces: 1, gate: 'held' }, reply: { text: 'One two three.' } }], 'held');
  const id = await startSession(stack, 'held');
  await stack.model.reached('held');
  await stack.api.cancelTurn(id);
  expect((await settled(stack, id, 1)).status).toBe('cancelled');
  await record('turn-cancelled', turnWorkflowId(id, 1));
  stack.model.open('held');
});

test('changes of files that a person applies', async () => {
  const write = { name: 'write_file', arguments: JSON.stringify({ path: 'recorded.txt', content: 'x' }) };
  stack.model.script([{ reply: { toolCalls: [write] } }, { reply: { text: 'Staged.' } }], 'stage');
  const { id } = await stack.api.createSession({ workspace: stack.workspace, changeMode: 'stage' });
  await stack.api.sendMessage(id, { text: 'stage' });
  await settled(stack, id, 1);
  await stack.api.decideFileChanges(id, { decision: 'approve' });
  const [set] = await stack.store.database.query<{ key: string }>(
    `SELECT key FROM file_change_sets WHERE session_id = $1 AND asked_by IS NOT NULL`,
    [id],
  );
  await record('file-changes', fileChangesWorkflowId(set?.key ?? ''));
});

test('a background agent, and the turn of its parent', async () => {
  stack.model.script(
    [spawning({ prompt: 'child', label: 'Child' }), { reply: { text: 'On it.' } }, { reply: { text: 'Read.' } }],
    'parent',
  );
  stack.model.script([{ reply: { text: 'Found.' } }], 'child');
  const id = await startSession(stack, 'parent');
  const [subagent] = await spawned(stack, id, 1);
  await delivered(stack, subagent?.id ?? '');
  expect((await settled(stack, id, 2)).status).toBe('completed');
  await record('turn-parent', turnWorkflowId(id, 1));
  await record('subagent', subagentWorkflowId(subagent?.id ?? ''));
});

test('a flow with every kind of step', async () => {
  await define(
    stack,
    'flows',
    'all',
    `name: all
batches: { g: { maxConcurrent: 1 } }
steps:
  - { id: a, kind: agent, prompt: "flow agent" }
  - { id: q, kind: approval, prompt: "Go on?", needs: [a] }
  - { id: s, kind: switch, needs: [q], cases: [{ when: 'true', steps: [m] }] }
  - { id: m, kind: map, items: '[1, 2]', code: 'return item' }
  - { id: b, kind: code, batch: g, code: 'return 1' }
output: 'results.m.output'
`,
  );
  stack.model.script(
    [{ reply: { toolCalls: [listing, command('hello')] } }, { reply: { text: 'Yes.' } }],
    'flow agent',
  );
  const id = await startRun(stack, 'all');
  const approval = await until('the approval', async () => (await stack.store.approvals.pending())[0]);
  await stack.api.answerApproval(approval.id, { decision: 'approve' });
  const question = await until('the question', async () => (await stack.store.questions.pending())[0]);
  await stack.api.answerQuestion(question.id, { decision: 'approve' });
  expect((await ended(stack, id)).status).toBe('completed');
  await record('flow', runWorkflowId(id));
  for (const step of ['a', 'q', 's', 'm', 'b']) await record(`flow-step-${step}`, stepWorkflowId(id, step));
  await record('flow-item', itemWorkflowId(id, 'm', 0));
  await record('map', `${stepWorkflowId(id, 'm')}/items`);
  await record('batch', batchWorkflowId(id, 'g'));
  await record('branch', `${stepWorkflowId(id, 's')}/branch/0`);
});

test('a flow that a schedule starts', async () => {
  await define(
    stack,
    'flows',
    'nightly',
    `name: nightly\nschedule: { cron: '0 3 * * *' }\nsteps:\n  - { id: a, kind: code, code: "return 1" }\n`,
  );
  const workflowId = `schedule/${stack.name}/nightly-2026-01-01T03:00:00Z`;
  await client.workflow.execute('scheduledFlow', {
    workflowId,
    taskQueue: stack.name,
    args: [{ flow: 'nightly', consoleUrl: 'http://127.0.0.1' }],
  });
  await record('scheduled-flow', workflowId);
});

test('a script with agents, tools and a sleep', async () => {
  stack.model.script([{ reply: { text: 'One.' } }], 'script agent one');
  stack.model.script([{ reply: { text: 'Two.' } }], 'script agent two');
  const id = await startScriptOf(
    stack,
    `log('begins');
     const said = await parallel([() => agent('script agent one'), () => agent('script agent two')]);
     const ran = await tool('run_command', { argv: ['echo', 'hello'] });
     await sleep(0.1);
     return [said, ran];`,
    { allow: ['run'] },
  );
  expect((await finished(stack, id)).run.status).toBe('completed');
  await record('script', runWorkflowId(id));
  const { nodes } = await stack.store.runView.state(id);
  const calls = Object.values(nodes).filter(({ kind }) => kind === 'agent' || kind === 'tool');
  for (const [index, { step, kind }] of calls.entries()) {
    if (kind === 'tool' || index === 0) await record(`script-call-${kind}`, stepWorkflowId(id, step));
  }
});
