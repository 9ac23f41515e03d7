import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runWorkflowId, stepWorkflowId } from '../contracts/ids.ts';
import { searchAttributes } from '../contracts/temporal.ts';
import { define, ended, startRun } from './support/runs.ts';
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

/** Executions of a query, once all of them are closed and in Temporal's index. */
const executions = (query: string, count: number) =>
  until(`${count} executions of ${query}`, async () => {
    const found = [];
    for await (const execution of client.workflow.list({ query })) found.push(execution);
    return found.length >= count && found.every(({ status }) => status.name !== 'RUNNING') && found;
  });

test('P7, P10: of a run nothing that anybody wrote is in Temporal, and every history replays; children name their parent', async () => {
  const canary = `canary-${randomUUID()}`;
  await define(stack, 'agents', 'bird', `---\ndescription: ${canary}\n---\n${canary} prompt\n`);
  await define(
    stack,
    'flows',
    'secretive',
    `name: secretive
description: ${canary}
batches: { g: { maxConcurrent: 1 } }
steps:
  - { id: a, kind: agent, agent: bird, prompt: "${canary} \${input.word}" }
  - { id: s, kind: switch, needs: [a], cases: [{ when: 'results.a.output !== "${canary}"', steps: [m] }] }
  - { id: m, kind: map, items: 'input.list', code: 'return item + "${canary}"' }
  - { id: b, kind: code, batch: g, code: 'return "${canary}"' }
  - { id: f, kind: code, needs: [g], when: 'input.word === "${canary}x"', code: 'return 1' }
output: '"${canary}"'
report: "${canary}"
`,
  );
  stack.model.script([{ reply: { text: `${canary} says` } }], canary);
  const id = await startRun(stack, 'secretive', { input: { word: canary, list: [canary, canary] } });
  expect(await ended(stack, id)).toMatchObject({ status: 'completed', reason: null });

  const found = await executions(`${searchAttributes.run} = "${id}"`, 10);
  for (const { workflowId, runId } of [...found, { workflowId: runWorkflowId(id), runId: undefined }]) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    // Payloads come as base64.
    const everything = JSON.stringify([history, raw], (_key, value) =>
      typeof value === 'string' ? `${value} ${Buffer.from(value, 'base64')}` : value,
    );
    expect(everything.includes(canary), workflowId).toBe(false);
    await Worker.runReplayHistory({ workflowBundle: { codePath: inject('bundlePath') } }, history, workflowId);
  }
  const kinds = found.map(({ typedSearchAttributes }) =>
    typedSearchAttributes.getAll().find(({ key }) => key.name === searchAttributes.kind),
  );
  expect(kinds.map((pair) => pair?.value).sort()).toEqual([
    'batch',
    'branch',
    'item',
    'item',
    'map',
    'step',
    'step',
    'step',
    'step',
    'step',
  ]);
  const children = await executions(`${searchAttributes.parent} = "${stepWorkflowId(id, 'm')}/items"`, 2);
  expect(children.map(({ workflowId }) => workflowId).sort()).toEqual(
    [0, 1].map((index) => `${stepWorkflowId(id, 'm')}/item/${index}`),
  );
});

test('a map over many items continues as new: no history reaches 2,000 events', async () => {
  await define(
    stack,
    'flows',
    'many',
    `name: many\nsteps:\n  - { id: m, kind: map, items: 'Array.from({ length: 420 }, (_, n) => n)', maxConcurrent: 16, code: 'return item' }\noutput: 'results.m.output.reduce((sum, n) => sum + n, 0)'\n`,
  );
  const id = await startRun(stack, 'many');
  expect(await ended(stack, id)).toMatchObject({ status: 'completed', reason: null });
  expect((await stack.store.runs.output(id))?.output).toBe((420 * 419) / 2);
  const runs = await executions(`WorkflowId = "${stepWorkflowId(id, 'm')}/items"`, 2);
  expect(runs.length).toBeGreaterThan(1);
  for (const { historyLength } of runs) expect(historyLength).toBeLessThan(2000);
});

test('a run of many steps continues as new; what runs then ends first', async () => {
  const steps = Array.from(
    { length: 40 },
    (_, n) =>
      `  - { id: s${n}, kind: code, needs: [${n === 0 ? '' : `s${n - 1}`}], batch: ${n % 2 ? 'odd' : 'even'}, code: 'return ${n}' }`,
  );
  const flow = ['name: long', 'batches: { odd: {}, even: {} }', 'steps:', ...steps, 'output: results.s39.output', ''];
  await define(stack, 'flows', 'long', flow.join('\n'));
  const id = await startRun(stack, 'long', { historyLimit: 60 });
  expect(await ended(stack, id)).toMatchObject({ status: 'completed', reason: null });
  expect((await stack.store.runs.output(id))?.output).toBe(39);
  const runs = await executions(`WorkflowId = "${runWorkflowId(id)}"`, 3);
  expect(runs.map(({ status }) => status.name).filter((name) => name === 'CONTINUED_AS_NEW').length).toBeGreaterThan(1);
});
