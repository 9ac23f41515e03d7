import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWorkflowId } from '../contracts/ids.ts';
import type { RunDetail } from '../contracts/run-detail.ts';
import type { StartRun } from '../contracts/runs.ts';
import { createFindFlow } from '../definitions/find-flow.ts';
import { openNotes } from '../notes/notes.ts';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
  await define(
    stack,
    'flows',
    'double',
    `name: double
description: Doubles numbers
inputs: { type: object, properties: { numbers: { type: array, items: { type: number }, default: [1, 2, 3] } } }
steps:
  - { id: all, kind: map, items: input.numbers, code: 'return item * 2' }
  - { id: sum, kind: code, needs: [all], code: 'return results.all.output.reduce((a, b) => a + b, 0)' }
output: results.sum.output
report: "# Sum\\n\${results.sum.output}"
artifacts: { page.html: "<script>alert(1)</script>" }
`,
  );
  await define(
    stack,
    'flows',
    'asks',
    `name: asks
steps:
  - { id: before, kind: code, code: 'return 1' }
  - { id: ask, kind: approval, needs: [before], prompt: 'Go on?' }
  - { id: after, kind: code, needs: [ask], code: 'return results.before.output + 1' }
output: results.after.output
`,
  );
});
afterAll(() => stack.close());

const whole = async (name: string, input: Record<string, unknown> = {}): Promise<RunDetail> => {
  const { id } = await stack.api.startRun({ flow: name, input });
  await ended(stack, id);
  return await stack.api.getRun(id);
};

const asked = async (name = 'asks') => {
  const { id } = await stack.api.startRun({ flow: name });
  const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
  return { id, question };
};

const get = (place: string) =>
  fetch(`${stack.baseUrl}/api${place}`, { headers: { authorization: `Bearer ${stack.token}` } });

describe('starting a run', () => {
  test('fills in defaults, runs to its end and shows all of it', async () => {
    const view = await whole('double');
    expect(view.run).toMatchObject({ name: 'double', origin: 'project', trigger: 'manual', status: 'completed' });
    expect(view.steps).toMatchObject([
      { id: 'all', kind: 'map', needs: [] },
      { id: 'sum', kind: 'code', needs: ['all'] },
    ]);
    expect(view.nodes).toMatchObject({ all: { status: 'completed', total: 3 }, sum: { status: 'completed' } });
    expect(view.items).toEqual({ all: { completed: 3 } });
    expect(view.artifacts.map(({ name }) => name)).toEqual(['page.html', 'report.md']);
    expect(view).toMatchObject({ input: { numbers: [1, 2, 3] }, output: 12 });
    expect(await stack.api.getRunOutput(view.run.id)).toEqual({ output: 12 });
  });

  test('the same key again gives the same run; with another body it is refused', async () => {
    const options = { idempotencyKey: 'start-1' };
    const body = { flow: 'double', input: { numbers: [5] }, workspace: stack.workspace };
    const { id } = await stack.api.startRun(body, options);
    expect((await stack.api.startRun(body, options)).id).toBe(id);
    await expect(stack.api.startRun({ ...body, input: { numbers: [6] } }, options)).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    await ended(stack, id);
    expect((await stack.api.getRunOutput(id)).output).toBe(10);
  });

  test('is found by Temporal with its search attributes', async () => {
    const { run } = await whole('double');
    const description = await new Client({ connection: stack.connection }).workflow
      .getHandle(runWorkflowId(run.id))
      .describe();
    expect(description.searchAttributes).toMatchObject({ EverturnKind: ['run'], EverturnRun: [run.id] });
    expect(await description.staticSummary()).toBe(`Run ${run.id} of double`);
  });

  test('refuses what cannot be run, and says why', async () => {
    await define(stack, 'flows', 'broken', 'name: broken\nsteps:\n  - { id: a, kind: code, needs: [b], code: x }\n');
    const refused = async (body: StartRun, code: string, message: RegExp) =>
      await expect(stack.api.startRun(body)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await refused({ flow: 'doubel' }, 'flow_not_found', /doubel.*double/);
    await refused({ flow: 'broken' }, 'flow_invalid', /broken\.yaml:3/);
    await refused({ flow: 'double', input: { numbers: ['x'] } }, 'input_invalid', /numbers/);
    await refused({ flow: 'double', workspace: 'here' }, 'workspace_invalid', /absolute/);
    await rm(path.join(stack.workspace, '.everturn', 'flows', 'broken.yaml'));
  });

  test('a row whose process died before it told Temporal is started by the reconciler', async () => {
    const { file, definition } = await createFindFlow(stack.definitions)('double');
    const id = `r_${randomBytes(12).toString('hex')}`;
    const { workspace } = stack;
    const { origin, source } = file;
    const row = { id, name: 'double', origin, source, definition, workspace, input: { numbers: [4] } };
    await stack.store.runs.create({ ...row, kind: 'flow', file: file.file, allow: [], trigger: 'manual' });
    expect((await ended(stack, id)).status).toBe('completed');
    expect((await stack.api.getRunOutput(id)).output).toBe(8);
  });
});

describe('reading a run', () => {
  test('step by step and item by item', async () => {
    const { run } = await whole('double', { numbers: [1, 2, 3, 4, 5] });
    expect(await stack.api.getNode(run.id, 'sum')).toMatchObject({ node: { status: 'completed' }, output: 30 });
    const first = await stack.api.listItems(run.id, 'all', { limit: 2 });
    expect(first.items.map(({ index }) => index)).toEqual([0, 1]);
    expect(first.nextIndex).toBe(2);
    const rest = await stack.api.listItems(run.id, 'all', { from: 2, limit: 10, status: 'completed' });
    expect(rest).toMatchObject({ items: [{ index: 2 }, { index: 3 }, { index: 4 }], nextIndex: null });
    expect(await stack.api.getNode(run.id, 'all', 3)).toMatchObject({ node: { index: 3 }, item: 4, output: 8 });
    expect((await stack.api.listItems(run.id, 'all', { status: 'failed' })).items).toEqual([]);
    const missing = { code: 'step_not_found' };
    await expect(stack.api.getNode(run.id, 'all', 5)).rejects.toMatchObject(missing);
    await expect(stack.api.getNode(run.id, 'none')).rejects.toMatchObject(missing);
    await expect(stack.api.listItems(run.id, 'none')).rejects.toMatchObject(missing);
  });

  test('a step that has not begun is pending', async () => {
    const { id } = await asked();
    expect(await stack.api.getNode(id, 'after')).toMatchObject({
      node: { status: 'pending', attempt: 0 },
      output: null,
    });
    await stack.api.cancelRun(id);
    await ended(stack, id);
  });

  test('a file comes as a file, whatever is in it', async () => {
    const { run } = await whole('double');
    const answer = await get(`/runs/${run.id}/artifacts/page.html`);
    expect(await answer.text()).toBe('<script>alert(1)</script>');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(await (await stack.api.readArtifact(run.id, 'report.md')).text()).toBe('# Sum\n12');
    expect((await get(`/runs/${run.id}/artifacts/none`)).status).toBe(404);
  });

  test('keeps the definition it was started with, and says when the file is another one now', async () => {
    const text = (n: number) => `name: changing\nsteps:\n  - { id: a, kind: code, code: 'return ${n}' }\n`;
    await define(stack, 'flows', 'changing', text(1));
    const { run } = await whole('changing', { any: 'input' });
    const started = { source: text(1), origin: 'project', input: { any: 'input' } };
    expect(await stack.api.getRunSource(run.id)).toMatchObject({ ...started, current: text(1) });
    await define(stack, 'flows', 'changing', text(22));
    expect(await stack.api.getRunSource(run.id)).toMatchObject({ ...started, current: text(22) });
    await rm(path.join(stack.workspace, '.everturn', 'flows', 'changing.yaml'));
    expect(await stack.api.getRunSource(run.id)).toMatchObject({ ...started, current: null });
  });

  test('in pages, by status and by flow', async () => {
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await whole('double', { numbers: [count] })).run.id);
    const first = await stack.api.listRuns({ flow: 'double', limit: 2 });
    expect(first.runs.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = await stack.api.listRuns({ flow: 'double', limit: 1, cursor: first.nextCursor ?? '' });
    expect(next.runs.map(({ id }) => id)).toEqual(ids.slice(2));
    expect((await stack.api.listRuns({ flow: 'double', status: 'failed' })).runs).toEqual([]);
    await expect(stack.api.listRuns({ cursor: 'zzz' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  test.each([
    '',
    '/definition',
    '/output',
    '/steps/a',
    '/steps/a/items',
    '/steps/a/items/0',
    '/artifacts/a',
    '/events',
  ])('of an unknown id: 404 at %s', async (rest) => {
    const answer = await get(`/runs/r_none${rest}`);
    expect([answer.status, (await answer.json()).code]).toEqual([404, 'run_not_found']);
  });
});

describe('cancelling and pausing', () => {
  test('a cancelled run ends as such; a second request is too late', async () => {
    const { id, question } = await asked();
    await stack.api.cancelRun(id);
    expect(await ended(stack, id)).toMatchObject({ status: 'cancelled', code: 'run_cancelled' });
    const view = await stack.api.getRun(id);
    expect(view.nodes).toMatchObject({ before: { status: 'completed' }, ask: { status: 'cancelled' } });
    for (const late of [stack.api.cancelRun, stack.api.pauseRun, stack.api.resumeRun])
      await expect(late(id)).rejects.toMatchObject({ code: 'run_ended' });
    await expect(stack.api.answerQuestion(question.id, { decision: 'approve' })).rejects.toMatchObject({
      code: 'approval_closed',
    });
  });

  test('a run whose workflow is lost is settled all the same', async () => {
    const { id } = await asked();
    const handle = new Client({ connection: stack.connection }).workflow.getHandle(runWorkflowId(id));
    await handle.terminate('for the test');
    // If the keeper of runs settles the run first, the request is refused. The first outcome is kept.
    await stack.api.cancelRun(id).catch((error: unknown) => expect(error).toMatchObject({ code: 'run_ended' }));
    const { status, code } = await ended(stack, id);
    expect([
      { status: 'cancelled', code: 'run_cancelled' },
      { status: 'failed', code: 'run_terminated' },
    ]).toContainEqual({ status, code });
  });

  test('a paused run begins nothing until it goes on', async () => {
    const { id, question } = await asked();
    expect(await stack.api.pauseRun(id)).toMatchObject({ paused: true, status: 'running' });
    expect(await stack.api.pauseRun(id)).toMatchObject({ paused: true });
    await stack.api.answerQuestion(question.id, { decision: 'approve' });
    await until('the answer', async () => (await stack.api.getNode(id, 'ask')).node.status === 'completed');
    expect((await stack.api.getNode(id, 'after')).node.status).toBe('pending');
    expect(await stack.api.resumeRun(id)).toMatchObject({ paused: false });
    expect((await ended(stack, id)).status).toBe('completed');
  });
});

describe('running again', () => {
  test('uses every result again, or those before a step, or none', async () => {
    const { run } = await whole('double');
    const again = await stack.api.rerun(run.id);
    expect(again).toMatchObject({ rerunOf: run.id, fromStep: null });
    await ended(stack, again.id);
    expect((await stack.api.getRun(again.id)).nodes).toMatchObject({ sum: { reusedFrom: run.id } });
    const from = await stack.api.rerun(run.id, { from: 'sum' });
    expect(from).toMatchObject({ rerunOf: run.id, fromStep: 'sum' });
    await ended(stack, from.id);
    expect((await stack.api.getRun(from.id)).nodes).toMatchObject({ sum: { reusedFrom: null } });
    expect((await stack.api.getNode(from.id, 'all', 0)).node.reusedFrom).toBe(run.id);
    const fresh = await stack.api.rerun(run.id, { fresh: true });
    await ended(stack, fresh.id);
    expect((await stack.api.getNode(fresh.id, 'all', 0)).node.reusedFrom).toBeNull();
  });

  test('with another input, and with the file as it is now or as it was', async () => {
    const text = (n: number) =>
      `name: edited\nsteps:\n  - { id: a, kind: code, code: 'return ${n}' }\noutput: results.a.output\n`;
    await define(stack, 'flows', 'edited', text(1));
    const { run } = await whole('edited');
    await define(stack, 'flows', 'edited', text(22));
    const current = await stack.api.rerun(run.id);
    const original = await stack.api.rerun(run.id, { definition: 'original' });
    await ended(stack, current.id);
    await ended(stack, original.id);
    expect((await stack.api.getRunOutput(current.id)).output).toBe(22);
    expect((await stack.api.getRunOutput(original.id)).output).toBe(1);
    const doubled = await whole('double');
    const other = await stack.api.rerun(doubled.run.id, { input: { numbers: [7] } });
    await ended(stack, other.id);
    expect((await stack.api.getRunOutput(other.id)).output).toBe(14);
  });

  test('refuses a step that is not there, an input that does not fit, and a run that has not ended', async () => {
    const { run } = await whole('double');
    await expect(stack.api.rerun(run.id, { from: 'none' })).rejects.toMatchObject({
      code: 'step_not_found',
      message: expect.stringContaining('all, sum'),
    });
    await expect(stack.api.rerun(run.id, { input: { numbers: 1 } })).rejects.toMatchObject({ code: 'input_invalid' });
    const { id } = await asked();
    await expect(stack.api.rerun(id)).rejects.toMatchObject({ code: 'run_active' });
    await expect(stack.api.deleteRun(id)).rejects.toMatchObject({ code: 'run_active' });
    await stack.api.cancelRun(id);
    await ended(stack, id);
    const key = { idempotencyKey: 'again-1' };
    const again = await stack.api.rerun(run.id, { from: 'sum' }, key);
    expect((await stack.api.rerun(run.id, { from: 'sum' }, key)).id).toBe(again.id);
    await ended(stack, again.id);
  });
});

test('a deleted run leaves no row: neither of it, nor of the runs and sessions within it', async () => {
  await define(
    stack,
    'flows',
    'outer',
    'name: outer\nsteps:\n  - { id: inner, kind: flow, flow: double }\n  - { id: agent, kind: agent, prompt: "deleted-run: say it" }\n',
  );
  stack.model.script([{ reply: { text: 'Said.' } }], 'deleted-run:');
  const { run, nodes } = await whole('outer');
  expect(run.status).toBe('completed');
  const child = nodes.inner?.childRun ?? '';
  const session = nodes.agent?.sessionId ?? '';
  expect(await stack.api.getSession(session)).toMatchObject({ session: { runId: run.id } });
  await stack.api.deleteRun(run.id);
  for (const id of [run.id, child]) await expect(stack.api.getRun(id)).rejects.toMatchObject({ code: 'run_not_found' });
  await expect(stack.api.getSession(session)).rejects.toMatchObject({ code: 'session_not_found' });
  const streams = [`run/${run.id}`, `run/${child}`, `session/${session}`];
  expect(await stack.store.database.query('SELECT 1 FROM events WHERE stream = ANY($1::text[])', [streams])).toEqual(
    [],
  );
  expect(await stack.store.database.query('SELECT 1 FROM streams WHERE id = ANY($1::text[])', [streams])).toEqual([]);
});

describe('what the files declare', () => {
  test('flows with their faults, their source and what hides what', async () => {
    await define(
      stack,
      'flows',
      'faulty',
      'name: faulty\nsteps:\n  - { id: a, kind: code, needs: [b], code: "return 1" }\n',
    );
    await define(stack, 'flows', 'one', 'name: twin\nsteps:\n  - { id: a, kind: code, code: "return 1" }\n');
    await define(stack, 'flows', 'two', 'name: twin\nsteps:\n  - { id: a, kind: code, code: "return 1" }\n');
    const { flows, clashes } = await stack.api.listFlows();
    expect(flows.find(({ name }) => name === 'double')).toMatchObject({
      description: 'Doubles numbers',
      origin: 'project',
      faults: [],
      inputs: { type: 'object' },
      schedule: null,
      webhook: false,
    });
    expect(clashes).toMatchObject([
      { name: 'twin', origin: 'project', files: [expect.any(String), expect.any(String)] },
    ]);
    const faulty = await stack.api.getFlow('faulty');
    expect(faulty).toMatchObject({ faults: [{ line: 3, path: 'steps.a.needs[0]' }], steps: [] });
    expect(faulty.source).toContain('needs: [b]');
    expect(await stack.api.getFlow('asks')).toMatchObject({
      steps: [{ id: 'before' }, { id: 'ask', kind: 'approval' }, { id: 'after' }],
    });
    await expect(stack.api.getFlow('dubble')).rejects.toMatchObject({ code: 'flow_not_found' });
    for (const name of ['faulty', 'one', 'two'])
      await rm(path.join(stack.workspace, '.everturn', 'flows', `${name}.yaml`));
  });

  test('agents', async () => {
    await define(stack, 'agents', 'careful', '---\ndescription: Looks twice\ntools: [read_file]\n---\nLook twice.\n');
    const { agents } = await stack.api.listAgents();
    expect(agents.find(({ name }) => name === 'careful')).toMatchObject({
      origin: 'project',
      description: 'Looks twice',
      faults: [],
      head: { tools: ['read_file'] },
    });
  });
});

describe("the console's lists and pages", () => {
  test('runs carry their input in a line and whom they wait for, and are narrowed by state, kind and name', async () => {
    const done = await whole('double', { numbers: [4, 5] });
    const { id, question } = await asked();
    const { runs } = await stack.api.listRuns({ status: 'waiting' });
    const waiting = runs.find((run) => run.id === id);
    expect(waiting).toMatchObject({
      waiting: true,
      waitingFor: { what: 'ask', approvers: null },
      models: [],
      usage: null,
    });
    expect(runs.every((run) => run.waiting && run.status === 'running')).toBe(true);
    const [found] = (await stack.api.listRuns({ q: done.run.id.slice(0, 8), kind: 'flow', status: 'completed' })).runs;
    expect(found).toMatchObject({ id: done.run.id, brief: '4, 5' });
    expect((await stack.api.listRuns({ kind: 'script' })).runs).toEqual([]);
    expect((await stack.api.listRuns({ trigger: 'schedule' })).runs).toEqual([]);
    const { runs: counts, sessions } = await stack.api.getCounts();
    expect(counts).toMatchObject({ running: 0, waiting: runs.length });
    expect(sessions).toEqual({ running: 0, waiting: 0, failed: 0 });
    await stack.api.answerQuestion(question.id, { decision: 'approve' });
    await ended(stack, id);
    expect((await stack.api.listRuns({ status: 'waiting' })).runs.map((run) => run.id)).not.toContain(id);
    expect((await get('/runs?status=fialed')).status).toBe(400);
  });

  test('sessions are paged and narrowed by state, model and agent', async () => {
    const made = await Promise.all([1, 2, 3].map((n) => stack.api.createSession({ title: `Listed ${n}`, allow: [] })));
    const first = await stack.api.listSessions({ q: 'Listed', limit: 2 });
    const second = await stack.api.listSessions({ q: 'Listed', limit: 2, cursor: first.nextCursor ?? '' });
    const ids = [...first.sessions, ...second.sessions].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(made.map(({ id }) => id).toSorted());
    expect(second.nextCursor).toBeNull();
    expect(first.sessions[0]).toMatchObject({ said: '', tookMs: 0, waitingFor: null });
    const model = made[0]?.model ?? '';
    expect(
      (await stack.api.listSessions({ q: 'Listed', model, agent: 'default', status: 'idle' })).sessions,
    ).toHaveLength(3);
    expect((await stack.api.listSessions({ q: 'Listed', status: 'failed' })).sessions).toEqual([]);
    expect((await stack.api.listSessions({ q: 'Listed', model: 'another' })).sessions).toEqual([]);
    await expect(stack.api.createSession({ model: 'nobody-has-it' })).rejects.toMatchObject({ code: 'model_unknown' });
    expect(await stack.api.createSession({ model })).toMatchObject({ model });
  });

  test('the state of the stack names its workers, its queues and how far events are behind', async () => {
    const report = await stack.api.getStack();
    expect(report.workers).toContainEqual(expect.objectContaining({ kind: 'agents', open: expect.any(Number) }));
    expect(report.queues?.map(({ kind }) => kind)).toEqual(['workflow', 'activity', 'workflow', 'activity']);
    expect(report.queues?.[0]?.pollers).toBeGreaterThan(0);
    expect(report.eventLagMs).toBeGreaterThanOrEqual(0);
    expect(report.database?.bytes).toBeGreaterThan(0);
    expect(report.supervisor).toBeNull();
    expect(report.disks.map(({ size }) => size > 0)).toEqual([true, true]);
  });

  test('settings, skills and notes are read; a note is changed and removed, and that is in the audit log', async () => {
    const { settings } = await stack.api.getSettings();
    expect(settings.find(({ path: at }) => at === 'limits.scriptRuns')).toMatchObject({ value: 3, source: 'default' });
    expect((await stack.api.listSkills()).skills.every(({ name }) => name !== '')).toBe(true);
    const kept = openNotes(stack.workspace).save('project', {
      topic: 'tides',
      title: 'Springs',
      tags: [],
      content: 'x',
    });
    expect((await stack.api.listNotes()).notes).toContainEqual(kept);
    const change = { title: 'Springs and neaps', tags: ['moon'], content: 'Twice a month.' };
    expect(await stack.api.changeNote(kept, change)).toMatchObject({ id: 'tides/springs', ...change });
    await stack.api.removeNote(kept);
    await expect(stack.api.removeNote(kept)).rejects.toMatchObject({ code: 'note_not_found' });
    await expect(stack.api.changeNote({ place: 'project', id: 'tides/none' }, change)).rejects.toMatchObject({
      code: 'note_not_found',
    });
    const { records } = await stack.api.listAudit({ target: 'tides/springs' });
    expect(records.map(({ action }) => action).toSorted()).toEqual(['memory.change', 'memory.remove']);
  });

  test('usage is added up by flow, with titles of sessions', async () => {
    expect((await stack.api.usageReport({ by: 'flow' })).isCut).toBe(false);
    expect((await stack.api.usageReport({ by: 'session' })).isCut).toBe(false);
    expect(await (await stack.api.usageCsv({ by: 'flow,day' })).text()).toMatch(/^flow,day,requests,/);
  });
});
