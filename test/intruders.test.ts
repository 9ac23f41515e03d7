import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, type WorkflowHandle, type WorkflowStartOptions } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphStep } from '../contracts/graph.ts';
import { runWorkflowId, stepWorkflowId, subagentWorkflowId, turnWorkflowId } from '../contracts/ids.ts';
import { scriptsQueue } from '../contracts/temporal.ts';
import { settled } from './support/conversation.ts';
import { define, ended, startRun, statuses } from './support/runs.ts';
import { startScriptOf } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { patient, spawned, spawning, startSession } from './support/subagents.ts';
import { until } from './support/until.ts';

/** Somebody who reaches Temporal, and has neither a token nor the database. */
let client: Client;
let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
  await stack.startScriptWorker();
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

const consoleUrl = 'http://127.0.0.1';

/** Starts a workflow and resolves when it has ended, in whatever way. */
const intrude = async (
  type: string,
  input: unknown,
  options: Partial<WorkflowStartOptions> = {},
): Promise<WorkflowHandle> => {
  const handle = await client.workflow.start(type, {
    workflowId: `intruder/${randomUUID()}`,
    taskQueue: type === 'script' ? scriptsQueue(stack.name) : stack.name,
    args: [input],
    ...options,
  });
  await handle.result().catch(() => undefined);
  return handle;
};

const agentStep = (id: string, fields: Partial<GraphStep> = {}): GraphStep => ({
  id,
  kind: 'agent',
  needs: [],
  trigger: 'all_success',
  onError: 'fail',
  batch: null,
  branches: [],
  retries: 1,
  backoffMs: 1,
  timeoutMs: null,
  isQuick: false,
  items: null,
  ...fields,
});

const fanOut = { maxConcurrent: 10, join: 'all_settled', rest: 'continue', timeoutMs: null } as const;
const active = (id: string) => ({
  value: 'active',
  context: {
    graph: { steps: [agentStep(id)], batches: [] },
    statuses: {},
    choices: {},
    dropped: [],
    isPaused: false,
    isTold: false,
    isStopping: false,
    isCancelled: false,
    ending: null,
  },
  effects: [{ type: 'startStep', params: { step: id } }],
  timers: [],
});
/** A turn that claims to have had its reply and its calls. */
const afterStep = (step: number) => ({
  value: 'model',
  context: { step, calls: [], early: [], ending: null, next: null },
  effects: [{ type: 'callModel', params: { step } }],
  timers: [],
});

const counts = async () => {
  const [row] = await stack.store.database.query<Record<string, number>>(
    `SELECT (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM runs) AS runs,
       (SELECT count(*) FROM turns) AS turns, (SELECT count(*) FROM operations) AS operations`,
  );
  return { ...row, requests: stack.model.requests().length };
};

/** Resolves when an activity of the workflow was refused some times, and checks that nothing of it is in the history. */
const heldQuietly = async (handle: WorkflowHandle): Promise<void> => {
  const look = async (attempts: number) =>
    await until(`${attempts} refused attempts`, async () => {
      const description = await handle.describe().catch(() => null);
      const isHeld = description?.raw.pendingActivities?.some(({ attempt }) => (attempt ?? 0) > attempts);
      return isHeld && description;
    });
  const first = await look(1);
  const later = await look(3);
  expect(later.historyLength).toBe(first.historyLength);
};

/** Everything that names a run or a step of it, under its own id and under another. */
const intrudeOnRun = async (runId: string, step: string): Promise<void> => {
  const of = { runId, runName: 'x', consoleUrl };
  const one = { ...of, step: agentStep(step), index: null, parent: 'x' };
  const intruders = [
    intrude('flowStep', one),
    intrude('flowStep', one, { workflowId: stepWorkflowId(runId, step) }),
    intrude('flowStep', { ...one, index: 999 }, { workflowId: `${stepWorkflowId(runId, step)}/item/999` }),
    intrude('flow', { runId, name: 'x', consoleUrl }),
    intrude('script', { runId, name: 'x', consoleUrl, agentsQueue: stack.name }),
    intrude('map', { ...one, fanOut, count: 3 }),
  ];
  await Promise.all(intruders);
  // One after the other: they all start the same child.
  await intrude('scriptCall', one, { workflowId: stepWorkflowId(runId, step) });
  await intrude('flow', { runId, name: 'x', consoleUrl, resume: active(step) });
  for (const type of ['batch', 'branch']) {
    const handle = await client.workflow.start(type, {
      workflowId: `intruder/${randomUUID()}`,
      taskQueue: stack.name,
      args: [{ ...of, fanOut, members: [agentStep(step)] }],
    });
    await handle.signal('admit', 0);
    await handle.signal('close');
    await handle.result().catch(() => undefined);
  }
};

describe('a workflow that no row asks for does nothing', () => {
  test('of every type, with invented ids', async () => {
    const before = await counts();
    for (const [isDirect, workflowId] of [
      [false, `intruder/${randomUUID()}`],
      [true, `intruder/${randomUUID()}`],
      [false, turnWorkflowId('s_invented', 1)],
    ] as const) {
      const turn = { sessionId: 's_invented', turn: 1, agent: 'default', model: 'scripted', consoleUrl, isDirect };
      await intrude('turn', turn, { workflowId });
      await intrude('turn', { ...turn, resume: afterStep(3) }, { workflowId });
    }
    await intrudeOnRun('r_invented', 'ask');
    const subagent = { id: 'a_invented', parentSessionId: 's_invented', consoleUrl };
    await intrude('subagent', subagent);
    await intrude('subagent', subagent, { workflowId: subagentWorkflowId('a_invented') });
    await define(
      stack,
      'flows',
      'unscheduled',
      'name: unscheduled\nsteps:\n  - { id: ask, kind: agent, prompt: hi }\n',
    );
    const moment = new Date().toISOString().replace(/\.\d+/, '');
    for (const flow of ['unscheduled', 'invented', 'research-report']) {
      await intrude('scheduledFlow', { flow, consoleUrl });
      await intrude('scheduledFlow', { flow, consoleUrl }, { workflowId: `schedule/${stack.name}/${flow}-${moment}` });
    }
    expect(await counts()).toEqual(before);
  });

  test('a scheduled flow: only for a workflow that its schedule names', async () => {
    const text = `name: nightly\nsteps:\n  - { id: ask, kind: agent, prompt: hi }\nschedule: { cron: '0 3 * * *' }\n`;
    await define(stack, 'flows', 'nightly', text);
    const before = await counts();
    await intrude('scheduledFlow', { flow: 'nightly', consoleUrl });
    await intrude('scheduledFlow', { flow: 'nightly', consoleUrl }, { workflowId: `schedule/other/nightly-now` });
    expect(await counts()).toEqual(before);
  });
});

describe('a turn that runs', () => {
  const waiting = async (file: string) => {
    const key = randomUUID();
    const call = { name: 'run_command', arguments: JSON.stringify({ argv: ['sh', '-c', `echo ran >> ${file}`] }) };
    stack.model.script([{ reply: { toolCalls: [call] } }, { reply: { text: 'Done.' } }], key);
    const id = await startSession(stack, key);
    const approval = await until('the question', async () => (await stack.api.getSession(id)).view.approvals[0]);
    return { id, key, approval, turn: { sessionId: id, turn: 1, agent: 'default', model: 'scripted', consoleUrl } };
  };
  const content = (file: string) => readFile(path.join(stack.workspace, file), 'utf8').catch(() => null);

  test('is not paid again by a second workflow, nor goes past a call that waits for a person', async () => {
    const { id, key, turn, approval } = await waiting('second.txt');
    await intrude('turn', turn);
    await intrude('turn', { ...turn, isDirect: true });
    await intrude('turn', { ...turn, resume: afterStep(2) });
    await intrude('turn', { ...turn, turn: 2 }, { workflowId: turnWorkflowId(id, 2) });
    expect((await stack.api.getSession(id)).view.turns[1]?.status).toBe('running');
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(await content('second.txt')).toBe('ran\n');
    expect(stack.model.requests(key)).toHaveLength(2);
  });

  test('put in the place of its own workflow, a forged one asks no model before the call was answered', async () => {
    const { id, key, turn } = await waiting('replaced.txt');
    await intrude(
      'turn',
      { ...turn, resume: afterStep(2) },
      { workflowId: turnWorkflowId(id, 1), workflowIdConflictPolicy: 'TERMINATE_EXISTING' },
    );
    expect(stack.model.requests(key)).toHaveLength(1);
    expect(await content('replaced.txt')).toBeNull();
  });

  test('an approval that nobody gave runs nothing and uses nothing up', async () => {
    const { id, key, approval } = await waiting('forged.txt');
    const handle = client.workflow.getHandle(turnWorkflowId(id, 1));
    await handle.executeUpdate('approval', { args: [{ step: 1, call: 0, decision: 'approve' }] });
    await until('a refused attempt', async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.some(({ attempt }) => (attempt ?? 0) > 1);
    });
    expect(await content('forged.txt')).toBeNull();
    expect((await stack.api.getSession(id)).view.approvals[0]?.status).toBe('pending');
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    expect((await settled(stack, id, 1)).status).toBe('completed');
    expect(await content('forged.txt')).toBe('ran\n');
    expect(stack.model.requests(key)).toHaveLength(2);
  });
});

describe('a run that runs', () => {
  const flow = (prompt: string) => `name: guarded
steps:
  - { id: may, kind: approval, prompt: 'May it?' }
  - { id: ask, kind: agent, needs: [may], prompt: '${prompt}' }
`;

  test('no step begins before its needs, whoever starts or signals what', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { text: 'Asked.' } }], key);
    await define(stack, 'flows', 'guarded', flow(key));
    const id = await startRun(stack, 'guarded');
    const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
    await intrudeOnRun(id, 'ask');
    const may = client.workflow.getHandle(stepWorkflowId(id, 'may'));
    await may.signal('answered');
    await heldQuietly(may);
    expect(await statuses(stack, id)).toEqual({ may: 'waiting' });
    expect(stack.model.requests(key)).toHaveLength(0);
    await stack.api.answerQuestion(question.id, { decision: 'approve' });
    expect(await ended(stack, id)).toMatchObject({ status: 'completed' });
    expect(stack.model.requests(key)).toHaveLength(1);
    const before = await counts();
    await intrudeOnRun(id, 'ask');
    await intrudeOnRun(id, 'may');
    expect(await counts()).toEqual(before);
  });

  test('paused, it starts no agent because of a forged signal', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { text: 'Asked.' } }], key);
    await define(stack, 'flows', 'guarded', flow(key));
    const id = await startRun(stack, 'guarded');
    const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
    await stack.api.pauseRun(id);
    await stack.api.answerQuestion(question.id, { decision: 'approve' });
    await until('the answer', async () => (await statuses(stack, id)).may === 'completed');
    await client.workflow.getHandle(runWorkflowId(id)).signal('resume');
    const step = client.workflow.getHandle(stepWorkflowId(id, 'ask'));
    await heldQuietly(step);
    expect(stack.model.requests(key)).toHaveLength(0);
    await stack.api.resumeRun(id);
    expect(await ended(stack, id)).toMatchObject({ status: 'completed' });
    expect(stack.model.requests(key)).toHaveLength(1);
  });

  test('a script: its calls run once, those that it never made do not', async () => {
    const key = randomUUID();
    stack.model.script([{ reply: { text: 'Asked.' }, pauseAfter: { pieces: 0, gate: key }, times: patient }], key);
    const id = await startScriptOf(stack, `return await agent('${key}')`);
    const call = await until('the call', async () => Object.keys(await statuses(stack, id))[0]);
    await stack.model.reached(key);
    await intrude('script', { runId: id, name: 'x', consoleUrl, agentsQueue: stack.name });
    await intrude('scriptCall', {
      runId: id,
      runName: 'x',
      consoleUrl,
      step: agentStep(call),
      index: null,
      parent: 'x',
    });
    const [session] = (await stack.api.listSessions({ runId: id })).sessions;
    const sessionId = session?.id ?? '';
    const turn = { sessionId, turn: 1, agent: 'default', model: 'scripted', consoleUrl };
    await intrude('turn', turn);
    await intrude('turn', turn, { workflowId: turnWorkflowId(sessionId, 1) });
    const other = '0'.repeat(20);
    await intrude(
      'scriptCall',
      { runId: id, runName: 'x', consoleUrl, step: agentStep(other), index: null, parent: 'x' },
      { workflowId: stepWorkflowId(id, other) },
    );
    stack.model.open(key);
    expect(await ended(stack, id)).toMatchObject({ status: 'completed' });
    expect(stack.model.requests(key)).toHaveLength(1);
  });
});

test('a background agent is not run by a second workflow', async () => {
  const [key, work] = [randomUUID(), randomUUID()];
  stack.model.script([spawning({ prompt: work }), { reply: { text: 'Spawned.' } }, { reply: { text: 'Read.' } }], key);
  stack.model.script([{ reply: { text: 'Worked.' }, pauseAfter: { pieces: 0, gate: work }, times: patient }], work);
  const session = await startSession(stack, key);
  const [subagent] = await spawned(stack, session, 1);
  if (!subagent) throw new Error('There is no background agent');
  await stack.model.reached(work);
  await intrude('subagent', { id: subagent.id, parentSessionId: session, consoleUrl });
  expect(await stack.store.subagents.find(subagent.id)).toMatchObject({ status: 'running' });
  stack.model.open(work);
  const end = await until('its end', async () => {
    const now = await stack.store.subagents.find(subagent.id);
    return now?.status !== 'running' && now;
  });
  expect(end).toMatchObject({ status: 'completed' });
  expect(stack.model.requests(work)).toHaveLength(1);
});
