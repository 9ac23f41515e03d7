import { cp } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModelClient } from '../activities/model/client.ts';
import { createModels } from '../activities/model/models.ts';
import { createOfflineModel } from '../offline/server.ts';
import { finished, startScript } from './support/scripts.ts';
import { openStack, type Stack } from './support/stack.ts';

const example = path.join(import.meta.dirname, '..', 'examples', 'claude-folder');

let model: Awaited<ReturnType<typeof createOfflineModel>>;
let stack: Stack;
beforeAll(async () => {
  model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
  stack = await openStack({ models: ['offline'] });
  const client = createModelClient({ baseUrl: model.url, apiKey: null, model: 'offline', timeoutMs: 30_000 });
  await cp(example, stack.workspace, { recursive: true });
  await Promise.all([stack.startWorker({ models: createModels([client]) }), stack.startScriptWorker()]);
});
afterAll(async () => {
  await stack.close();
  await model.close();
});

test('the scripts and agents of the folder have no faults', () => {
  const { definitions, workspace } = stack;
  const own = definitions.scripts().filter(({ origin }) => origin === 'project');
  expect(own.map(({ name, faults }) => [name, faults])).toEqual([
    ['edit-prose', []],
    ['look-around', []],
    ['mend', []],
    ['Numbers-words', []],
    ['sources', []],
  ]);
  expect(own.every(({ file }) => file.startsWith(path.join(workspace, '.claude')))).toBe(true);
  expect(definitions.agents().filter(({ origin, faults }) => origin === 'project' && faults.length === 0)).toHaveLength(
    3,
  );
});

test.each([
  [
    'look-around',
    {
      seen: [
        { key: 'entry', text: expect.any(String) },
        { key: 'tests', text: expect.any(String) },
      ],
      summary: expect.any(String),
    },
    2,
  ],
  ['mend', { mended: expect.any(Array) }, 2],
  [
    'Numbers & words',
    { zulu: ['Part 1', 'part 9', 'part 10'], total: '1,234,567.9', cost: '$0.50', day: 'Mar 1, 2026', alpha: 'string' },
    1,
  ],
  ['sources', { env: 'nowhere', hosts: expect.any(Number), rounds: expect.any(Number) }, 0],
  ['edit-prose', { edited: expect.any(String), numbers: expect.objectContaining({ total: '1,234,567.9' }) }, 2],
])('%s runs as it is', async (name, output, warnings) => {
  const ended = await finished(stack, await startScript(stack, name));
  expect(ended.run).toMatchObject({ status: 'completed', reason: null });
  expect(ended.output).toEqual(output);
  expect(ended.run.warnings).toHaveLength(warnings);
});
