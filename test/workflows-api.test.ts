import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiClient } from '../client/api.ts';
import { EverturnError } from '../contracts/errors.ts';
import { runWorkflowId, stepWorkflowId, turnWorkflowId } from '../contracts/ids.ts';
import { settled } from './support/conversation.ts';
import { define, ended, startRun } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
});
afterAll(() => stack.close());

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof EverturnError) return error.code;
    throw error;
  }
};

/** A turn whose model says nothing until its gate opens. */
const startTurn = async () => {
  const key = randomUUID();
  stack.model.script([{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'Done.' } }], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  await stack.api.sendMessage(id, { text: key });
  await stack.model.reached(key);
  return { id, key, workflow: turnWorkflowId(id, 1) };
};

test('a running turn: facts of the server, its machine with the live state, and the path at its end', async () => {
  const { id, key, workflow } = await startTurn();
  const facts = await stack.api.getWorkflow(workflow);
  expect(facts).toMatchObject({ workflowId: workflow, type: 'turn', status: 'running', isCancelling: false });
  expect(facts.history.events).toBeGreaterThan(3);
  expect(facts.history.bytes).toBeGreaterThan(100);
  expect(facts.activities).toMatchObject([{ type: 'callModel', state: 'running', attempt: 1, failure: null }]);
  expect(facts.queue.pollers[0]?.takes).toEqual(['workflows', 'activities']);
  const [machine] = (await stack.api.getMachines(workflow)).machines;
  expect(machine?.definition.states.map(({ id: state }) => state)).toContain('settling');
  expect(machine?.live).toMatchObject({ isDone: false, states: ['model'], left: 0 });

  stack.model.open(key);
  await settled(stack, id, 1);
  await until('the workflow to end', async () => (await stack.api.getWorkflow(workflow)).status === 'completed');
  const ended = (await stack.api.getMachines(workflow)).machines[0]?.live;
  expect(ended?.isDone).toBe(true);
  expect(ended?.path.map(({ event, states }) => [event, states])).toEqual([
    [null, ['model']],
    ['model.finished', ['done']],
  ]);
  const [began = '', finished = ''] = ended?.path.map(({ at }) => at) ?? [];
  expect(Date.parse(finished)).toBeGreaterThanOrEqual(Date.parse(began));
  expect(await codeOf(stack.api.cancelWorkflow(workflow))).toBe('workflow_ended');
});

test('cancel lets a turn record its end; terminate keeps the reason, for admins alone; both are on record', async () => {
  const first = await startTurn();
  const { token } = await stack.api.addUser({ name: 'otto', role: 'operator' });
  const operator = createApiClient({ baseUrl: stack.baseUrl, token });
  expect((await operator.cancelWorkflow(first.workflow)).workflowId).toBe(first.workflow);
  expect((await settled(stack, first.id, 1)).status).toBe('cancelled');
  stack.model.open(first.key);

  const second = await startTurn();
  expect(await codeOf(operator.terminateWorkflow(second.workflow, 'stuck'))).toBe('forbidden_role');
  expect(await codeOf(stack.api.terminateWorkflow(second.workflow, '  '))).toBe('bad_request');
  expect((await stack.api.terminateWorkflow(second.workflow, 'stuck')).status).toBe('terminated');
  expect((await settled(stack, second.id, 1)).status).toBe('failed');
  stack.model.open(second.key);
  const { records } = await stack.api.listAudit({ target: second.workflow });
  expect(records.map(({ action, user }) => [action, user])).toEqual([['workflow.terminate', 'owner']]);
  const cancelled = await stack.api.listAudit({ target: first.workflow });
  expect(cancelled.records.map(({ action, user }) => [action, user])).toEqual([['workflow.cancel', 'otto']]);
});

/** No operation can begin until it is lifted: the activity fails, and Temporal waits longer before each attempt. */
const barOperations = async (): Promise<() => Promise<unknown>> => {
  const { database } = stack.store;
  await database.query(
    `CREATE FUNCTION bar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'barred by the test'; END $$`,
    [],
  );
  await database.query('CREATE TRIGGER bar BEFORE INSERT ON operations FOR EACH ROW EXECUTE FUNCTION bar()', []);
  return () => database.query('DROP TRIGGER bar ON operations', []);
};

test('an activity that waits for its next attempt is tried at once, and no other', async () => {
  const key = randomUUID();
  stack.model.script([{ reply: { text: 'At last.' } }], key);
  const { id } = await stack.api.createSession({ workspace: stack.workspace });
  const lift = await barOperations();
  await stack.api.sendMessage(id, { text: key });
  const workflow = turnWorkflowId(id, 1);
  const waiting = await until('a wait of more than 5 s', async () => {
    const facts = await stack.api.getWorkflow(workflow).catch(() => null);
    const [activity] = facts?.activities ?? [];
    const left = activity?.nextAttemptAt ? Date.parse(activity.nextAttemptAt) - Date.now() : 0;
    return activity?.state === 'backing_off' && left > 5_000 ? activity : null;
  });
  expect(waiting).toMatchObject({ type: 'callModel', failure: 'internal' });
  expect(waiting.attempt).toBeGreaterThan(3);
  await lift();
  await stack.api.retryActivity(workflow, waiting.id);
  expect((await settled(stack, id, 1)).status).toBe('completed');
  expect(Date.now()).toBeLessThan(Date.parse(waiting.nextAttemptAt ?? ''));
  const { records } = await stack.api.listAudit({ target: workflow });
  expect(records).toMatchObject([{ action: 'workflow.retry', detail: { activity: waiting.id } }]);

  const running = await startTurn();
  const [activity] = (await stack.api.getWorkflow(running.workflow)).activities;
  expect(await codeOf(stack.api.retryActivity(running.workflow, activity?.id ?? ''))).toBe('retry_refused');
  expect(await codeOf(stack.api.retryActivity(running.workflow, 'none'))).toBe('activity_not_found');
  stack.model.open(running.key);
  await settled(stack, running.id, 1);
});

test('a step whose agent works in it has two machines, and the run its own', async () => {
  const key = randomUUID();
  stack.model.script([{ pauseAfter: { pieces: 0, gate: key }, reply: { text: 'Done.' } }], key);
  await define(stack, 'flows', 'one', `name: one\nsteps:\n  - id: only\n    kind: agent\n    prompt: ${key}\n`);
  const id = await startRun(stack, 'one');
  await stack.model.reached(key);
  const step = stepWorkflowId(id, 'only');
  const { machines } = await stack.api.getMachines(step);
  expect(machines.map(({ definition, live }) => [definition.name, live?.states])).toEqual([
    ['flow-step', ['attempting', 'attempting.working']],
    ['turn', ['model']],
  ]);
  const flow = await stack.api.getWorkflow(runWorkflowId(id));
  expect(flow).toMatchObject({ type: 'flow', children: [{ workflowId: step, type: 'flowStep' }] });
  expect((await stack.api.getMachines(runWorkflowId(id))).machines[0]?.live?.states).toEqual(['active']);
  expect((await stack.api.getWorkflow(step)).parent).toBe(runWorkflowId(id));
  stack.model.open(key);
  expect((await ended(stack, id)).status).toBe('completed');
});

test('workflows that are not ours are not there', async () => {
  for (const id of ['turn/none/1', 'somebody-else', 'temporal-sys-scheduler:x']) {
    expect(await codeOf(stack.api.getWorkflow(id))).toBe('workflow_not_found');
    expect(await codeOf(stack.api.terminateWorkflow(id, 'why not'))).toBe('workflow_not_found');
  }
});
