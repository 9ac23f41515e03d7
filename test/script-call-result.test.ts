import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await Promise.all([stack.startWorker(), stack.startScriptWorker()]);
});
afterAll(() => stack.close());

test('a call is read with what was asked and what it gave', async () => {
  stack.model.script([{ reply: { text: 'Two files' } }], 'Which files');
  const { id } = await runScript(stack, "return await agent('Which files are here?', { label: 'look' });");
  const { nodes } = await stack.api.getRun(id);
  const [call] = Object.values(nodes);
  const { node, item, output } = await stack.api.getNode(id, call?.step ?? '');
  expect(node).toMatchObject({ label: 'look', status: 'completed' });
  expect(item).toMatchObject({ prompt: 'Which files are here?' });
  expect(output).toBe('Two files');
  await expect(stack.api.getNode(id, 'none')).rejects.toMatchObject({ code: 'step_not_found' });
});
