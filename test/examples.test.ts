import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Config } from '../contracts/config.ts';
import { checkTools, tryTool } from '../worker/tools/try-tools.ts';

const root = path.join(import.meta.dirname, '..');
const examples = path.join(root, 'examples');
const config = Config.parse({});

let project: string;
beforeAll(async () => {
  project = await mkdtemp(path.join(os.tmpdir(), 'everturn-examples-'));
  await cp(path.join(examples, 'tools'), path.join(project, '.everturn', 'tools'), { recursive: true });
});
afterAll(() => rm(project, { recursive: true, force: true }));

test('every folder of examples/ is described in its README, with the test that runs it', async () => {
  const readme = await readFile(path.join(examples, 'README.md'), 'utf8');
  const folders = (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const section = readme.split('\n## ').find((one) => one.includes(`](${name}`));
    expect(section, `examples/${name} is missing in examples/README.md`).toBeDefined();
    const runner = /Run by `(?:npm run )?([\w./:-]+)`/.exec(section ?? '')?.[1] ?? '';
    const file = runner === 'test:package' ? '.ci/try-package.js' : runner;
    expect(await readFile(path.join(root, file), 'utf8')).toContain(`'${name}'`);
  }
});

test('the tool finds files with the same content, and says what is wrong with its arguments', async () => {
  await mkdir(path.join(project, 'notes', 'old'), { recursive: true });
  for (const [file, text] of [
    ['notes/a.txt', 'same'],
    ['notes/old/b.txt', 'same'],
    ['notes/c.txt', 'other'],
  ] as const)
    await writeFile(path.join(project, file), text);

  const [found] = await checkTools({ project, config });
  expect(found).toMatchObject({ fault: null, tool: { name: 'find_duplicates', effect: 'pure', permission: 'read' } });

  const run = (args: Record<string, unknown>) =>
    tryTool({
      project,
      config,
      file: found?.file ?? '',
      args,
      seconds: 30,
      signal: new AbortController().signal,
      onOutput: () => undefined,
    });
  expect(await run({ folder: 'notes' })).toMatchObject({
    outcome: 'done',
    text: JSON.stringify({ compared: 3, duplicates: [['notes/a.txt', 'notes/old/b.txt']] }),
  });
  expect(await run({ folder: 'notes', smallest: 5 })).toMatchObject({
    outcome: 'done',
    text: JSON.stringify({ compared: 3, duplicates: [] }),
  });
  expect(await run({ folder: '..' })).toMatchObject({
    outcome: 'failed',
    fault: expect.stringContaining('.. is outside the workspace; name a folder in it'),
  });
  expect(await run({ smallest: 0 })).toMatchObject({ outcome: 'arguments' });
});
