import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const folder = await mkdtemp(path.join(tmpdir(), 'everturn-imports-'));
afterAll(() => rm(folder, { recursive: true }));

/** The errors of `npm run check:imports` on a tree of these files, under the table of AGENTS.md. */
const check = async (files: Readonly<Record<string, string>>): Promise<string[]> => {
  const tree = await mkdtemp(path.join(folder, 'tree-'));
  await cp(path.join(root, 'AGENTS.md'), path.join(tree, 'AGENTS.md'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    await writeFile(path.join(tree, name), text);
  }
  const bin = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = path.join(root, '.dependency-cruiser.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, '--config', config, '.'], { cwd: tree }, (_, stdout, stderr) => {
      const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
      resolve(lines.filter((line) => /^error|ERROR/.test(line)));
    });
  });
};

test('imports that the table allows pass, and tests import what they need', async () => {
  const allowed = {
    'contracts/run.ts': "import { z } from 'zod';\nexport const run = z;\n",
    'store/runs.ts':
      "import { run } from '../contracts/run.ts';\nimport fs from 'node:fs';\nexport const runs = [run, fs];\n",
    'workflows/turn/messages.ts': 'export const signal = 1;\n',
    'api/gateway.ts': "import { signal } from '../workflows/turn/messages.ts';\nexport const gateway = signal;\n",
    'contracts/run.test.ts': "import { gateway } from '../api/gateway.ts';\nexport const seen = gateway;\n",
  };
  expect(await check(allowed)).toEqual([]);
});

test('every other import is an error, of types too: folders, parts of a folder, packages, Node, tests', async () => {
  const errors = await check({
    'contracts/run.ts': "export type { Gateway } from '../api/gateway.ts';\nexport const run = import('pg');\n",
    'contracts/hash.ts': "import { createHash } from 'node:crypto';\nexport const hash = createHash;\n",
    'workflows/turn/workflow.ts': "import { z } from 'zod';\nexport const turn = z;\n",
    'api/gateway.ts': "import { turn } from '../workflows/turn/workflow.ts';\nexport type Gateway = typeof turn;\n",
    'ui/page.ts': "import type { Runs } from '../store/runs.ts';\nexport type Page = Runs;\n",
    'store/runs.ts': "import { fake } from './testing/fake.ts';\nexport type Runs = typeof fake;\n",
    'store/testing/fake.ts': 'export const fake = 1;\n',
  });
  expect(errors.map((line) => line.replace(/^error /, '')).sort()).toEqual([
    'not-in-allowed: api/gateway.ts → workflows/turn/workflow.ts',
    'not-in-allowed: contracts/hash.ts → crypto',
    'not-in-allowed: contracts/run.ts → api/gateway.ts',
    'not-in-allowed: contracts/run.ts → pg',
    'not-in-allowed: ui/page.ts → store/runs.ts',
    'not-in-allowed: workflows/turn/workflow.ts → zod',
    'tests-are-not-code: store/runs.ts → store/testing/fake.ts',
  ]);
});

test('a folder without a row is refused, whatever it imports', async () => {
  const errors = await check({ 'helpers/text.ts': 'export const trim = 1;\n' });
  expect(errors.join('\n')).toContain('Cannot check imports of helpers: add a row to the table in AGENTS.md');
});
