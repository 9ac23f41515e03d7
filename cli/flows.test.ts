import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodes } from './exit.ts';

const bin = path.join(import.meta.dirname, 'everturn.js');
let project: string;
const flowFile = path.join('.everturn', 'flows', 'demo.yaml');
const good = 'name: demo\nsteps:\n  - {id: a, kind: code, code: return 1}\n';
const bad = 'name: demo\nsteps:\n  - {id: a, kind: code, code: return 1, needs: [b]}\n';

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), 'everturn-flows-'));
  mkdirSync(path.join(project, '.everturn', 'flows'), { recursive: true });
});
afterAll(() => rmSync(project, { recursive: true }));

const flows = async (...args: string[]) => {
  const env = { ...process.env, EVERTURN_PROJECT: project, HOME: project };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, 'flows', ...args], {
      env,
      cwd: project,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

test('all that is found, without a running stack', async () => {
  writeFileSync(path.join(project, flowFile), good);
  expect(await flows('check')).toMatchObject({
    code: exitCodes.ok,
    stdout: expect.stringMatching(/^No errors in \d+ files\n$/),
  });
});

test('a fault: its line, and the exit code of bad input', async () => {
  writeFileSync(path.join(project, flowFile), bad);
  const place = `${flowFile}:3:49`;
  const told = 'unknown dependency "b": no step or batch group has this name; there are none';
  expect(await flows('check')).toMatchObject({
    code: exitCodes.usage,
    stdout: `${place} steps.a.needs[0] ${told}\n`,
    stderr: expect.stringMatching(/^error Cannot use 1 file of \d+: 1 fault\n$/),
  });
  const { code, stdout } = await flows('check', flowFile, '--json');
  expect(code).toBe(exitCodes.usage);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { type: 'fault', file: flowFile, line: 3, column: 49, path: 'steps.a.needs[0]', message: told },
    {
      type: 'error',
      error: {
        code: 'flow_invalid',
        message: 'Cannot use 1 file of 1: 1 fault',
        details: { files: 1, faults: 1 },
      },
    },
  ]);
});

test('a file that is not there', async () => {
  expect(await flows('check', 'nope.yaml')).toMatchObject({
    code: exitCodes.usage,
    stdout: expect.stringMatching(/^nope\.yaml:1:1 cannot read the file: ENOENT/),
  });
});

test('the schema is JSON', async () => {
  const { stdout } = await flows('schema');
  expect(JSON.parse(stdout)).toMatchObject({ title: 'Everturn flow', type: 'object', required: ['name', 'steps'] });
});
