import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runWorkflowId } from '../contracts/ids.ts';
import { searchAttributes } from '../contracts/temporal.ts';
import { payloadConverterPath } from '../worker/bundle.ts';
import { createContentCodec } from '../worker/content-codec.ts';
import { finished, runScript, startWithLimit } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
  client = new Client({ connection: stack.connection });
});
afterAll(() => stack.close());

const executions = (query: string, count: number) =>
  until(`${count} executions of ${query}`, async () => {
    const found = [];
    for await (const execution of client.workflow.list({ query })) found.push(execution);
    return found.length >= count && found.every(({ status }) => status.name !== 'RUNNING') && found;
  });

const replay = async (workflowId: string, runId?: string): Promise<void> => {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const isScript = /^run\/[^/]+$/.test(workflowId);
  const dataConverter = {
    payloadConverterPath,
    ...(isScript ? { payloadCodecs: [createContentCodec(stack.store)] } : {}),
  };
  const codePath = isScript ? inject('scriptsBundlePath') : inject('bundlePath');
  await Worker.runReplayHistory({ workflowBundle: { codePath }, dataConverter }, history, workflowId);
};

test('P7, P10: nothing that a script, a user or a model wrote is in Temporal, and every history replays', async () => {
  const canary = `canary-${randomUUID()}`;
  stack.model.script([{ reply: { text: `${canary} says` } }], canary);
  const { id, run } = await runScript(
    stack,
    `phase('${canary} phase');
     log('${canary} line');
     const said = await agent('${canary} ' + args.word, { label: '${canary} label', phase: '${canary} own' });
     await artifact('notes.md', '${canary}');
     const files = await tool('search_files', { pattern: '${canary}' });
     await sleep(0.1);
     return { said, files, '${canary}': 1 };`,
    { args: { word: canary } },
  );
  expect(run).toMatchObject({ status: 'completed', reason: null });
  const found = await executions(`${searchAttributes.run} = "${id}"`, 3);
  for (const { workflowId, runId } of found) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    const everything = JSON.stringify([history, raw], (_key, value) =>
      typeof value === 'string' ? `${value} ${Buffer.from(value, 'base64')}` : value,
    );
    expect(everything.includes(canary), workflowId).toBe(false);
    await replay(workflowId, runId);
  }
});

test('a script of many agents continues as new; finished agents are not asked again, a sleep goes on', async () => {
  for (let n = 0; n < 60; n += 1) stack.model.script([{ reply: { text: `said ${n}` } }], `many-${n}-end`);
  const id = await startWithLimit(
    stack,
    150,
    `log('begins');
     const slept = sleep(3).then(() => 'slept');
     const said = [];
     for (let n = 0; n < 20; n++) said.push(await agent('many-' + n + '-end'));
     const more = await pipeline(Array.from({ length: 40 }, (_, n) => n + 20), (n) => agent('many-' + n + '-end'), (text) => text.slice(5));
     return [said.length, more.length, more.every((text, n) => text === String(n + 20)), await slept];`,
  );
  const { run, output } = await finished(stack, id);
  expect(run).toMatchObject({ status: 'completed', reason: null });
  expect(output).toEqual([20, 40, true, 'slept']);
  expect(stack.model.failures).toEqual([]);
  const { script } = await stack.api.getRun(id);
  expect(script?.lines.map(({ text }) => text)).toEqual(['begins']);
  const runs = await executions(`WorkflowId = "${runWorkflowId(id)}"`, 2);
  expect(runs.filter(({ status }) => status.name === 'CONTINUED_AS_NEW').length).toBeGreaterThan(1);
  for (const { historyLength, runId } of runs) {
    expect(historyLength).toBeLessThan(1000);
    await replay(runWorkflowId(id), runId);
  }
});
