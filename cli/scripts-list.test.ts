import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ScriptSummary } from '../contracts/found.ts';
import { jsonLines } from './testing/cli.ts';
import { useStack } from './testing/stack-cli.ts';

const { stack, run } = useStack();

const write = async (name: string, body: string): Promise<void> => {
  const folder = path.join(stack().workspace, '.everturn', 'workflows');
  await mkdir(folder, { recursive: true });
  const meta = `export const meta = { name: '${name}', description: 'Does ${name}' }\n`;
  await writeFile(path.join(folder, `${name}.js`), meta + body);
};

test('scripts with their state', async () => {
  await write('fine', 'return 1');
  await write('faulty', "fetch('x')\nfetch('y')");
  await write('doubtful', "while (budget.remaining() > 0) await agent('x')");
  const { code, stdout, stderr } = await run(['scripts']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'See the errors and warnings: npx everturn scripts check\n',
  });
  expect(stdout).toMatch(/^NAME +FROM +STATE +DESCRIPTION\n/);
  expect(stdout).toMatch(/^fine +project +ok +Does fine$/m);
  expect(stdout).toMatch(/^faulty +project +2 faults +Does faulty$/m);
  expect(stdout).toMatch(/^doubtful +project +1 warning +Does doubtful$/m);
  const listed = jsonLines((await run(['scripts', 'list', '--json'])).stdout).map((line) => ScriptSummary.parse(line));
  expect(listed.filter(({ origin }) => origin === 'project').map(({ name, meta }) => [name, meta?.name])).toEqual([
    ['doubtful', 'doubtful'],
    ['faulty', 'faulty'],
    ['fine', 'fine'],
  ]);
});
