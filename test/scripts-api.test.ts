import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStack, type Stack } from './support/stack.ts';

let stack: Stack;
const good = `export const meta = { name: 'good', description: 'Is', whenToUse: 'Always', phases: [{ title: 'One' }], more: 1 }
while (budget.remaining() > 0) await agent('x')
`;

const write = async (name: string, text: string): Promise<void> => {
  const folder = path.join(stack.workspace, '.everturn', 'workflows');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), text);
};

beforeAll(async () => {
  stack = await openStack();
  await write('other-name.js', good);
  await write('bad.js', "export const meta = { name: 'bad', description: 'x' }\nreturn { a: agent('x') }\n");
});
afterAll(() => stack.close());

test('scripts with what they say of themselves, their faults and their warnings', async () => {
  const { scripts, clashes } = await stack.api.listScripts();
  expect(clashes).toEqual([]);
  expect(scripts.filter(({ origin }) => origin === 'project')).toEqual([
    expect.objectContaining({
      name: 'bad',
      faults: [expect.objectContaining({ line: 2, column: 13 })],
      warnings: [],
    }),
    {
      name: 'good',
      description: 'Is',
      origin: 'project',
      file: path.join(stack.workspace, '.everturn', 'workflows', 'other-name.js'),
      faults: [],
      shadows: [],
      meta: { name: 'good', description: 'Is', whenToUse: 'Always', phases: [{ title: 'One' }] },
      warnings: [expect.objectContaining({ line: 2, column: 8, path: '' })],
    },
  ]);
});

test('one script with its source; an unknown one with the nearest name', async () => {
  expect(await stack.api.getScript('good')).toMatchObject({ name: 'good', source: good });
  await expect(stack.api.getScript('goood')).rejects.toMatchObject({
    code: 'script_not_found',
    message: 'Cannot find script "goood"; did you mean "good"?',
  });
});

test('the description of the API has both', async () => {
  const response = await fetch(new URL('/api/openapi.json', stack.baseUrl));
  const { paths } = (await response.json()) as { paths: Record<string, unknown> };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/scripts', '/api/scripts/{name}']));
});
