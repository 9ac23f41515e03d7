import { execFile } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtInCatalog } from '../definitions/definitions.ts';
import { exitCodes } from './exit.ts';

const bin = path.join(import.meta.dirname, 'everturn.js');
const tsc = path.join(import.meta.dirname, '..', 'node_modules', 'typescript', 'bin', 'tsc');
const workflows = path.join('.everturn', 'workflows');
let project: string;
let home: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(path.join(tmpdir(), 'everturn-scripts-')));
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'everturn-home-')));
});
afterAll(() => {
  for (const folder of [project, home]) rmSync(folder, { recursive: true });
});

const exec = async (...args: string[]) => {
  const env = { ...process.env, EVERTURN_PROJECT: project, HOME: home };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, cwd: project });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};
const scripts = (...args: string[]) => exec(bin, 'scripts', ...args);
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
  writeFileSync(path.join(project, file), text);
};

test('a new script has no faults, also in the eyes of an editor, and is not replaced', async () => {
  const file = path.join(workflows, 'look-around.js');
  const declarations = path.join(workflows, 'everturn-scripts.d.ts');
  expect(await scripts('new', 'look-around')).toEqual({
    code: exitCodes.ok,
    stdout: `Wrote ${file}, and ${declarations} for editors\nRun it: npx everturn run look-around\n`,
    stderr: '',
  });
  expect(await scripts('check', file)).toMatchObject({ code: exitCodes.ok, stdout: 'No errors in 1 file\n' });
  const options = ['--noEmit', '--allowJs', '--checkJs', '--types', '', '--target', 'es2024', '--module', 'esnext'];
  expect(await exec(tsc, ...options, path.join(project, file))).toMatchObject({ code: 0, stdout: '' });

  writeFileSync(path.join(project, file), '// mine');
  expect(await scripts('new', 'look-around')).toMatchObject({
    code: exitCodes.usage,
    stderr: `error Cannot write script "look-around": ${path.join(project, file)} has this name. Choose another\n`,
  });
  expect(readFileSync(path.join(project, file), 'utf8')).toBe('// mine');
});

test('a new script follows no link that a clone brings', async () => {
  const outside = path.join(home, 'outside');
  mkdirSync(path.join(project, '.everturn'), { recursive: true });
  writeFileSync(outside, 'kept');
  const declarations = path.join(project, workflows, 'everturn-scripts.d.ts');
  mkdirSync(path.dirname(declarations), { recursive: true });
  rmSync(declarations, { force: true });
  symlinkSync(outside, declarations);
  expect((await scripts('new', 'beside-a-link')).code).toBe(exitCodes.ok);
  expect(readFileSync(outside, 'utf8')).toBe('kept');
  expect(lstatSync(declarations).isFile()).toBe(true);
  const folder = path.join(project, workflows);
  renameSync(folder, `${folder}.aside`);
  mkdirSync(path.join(home, 'elsewhere'));
  symlinkSync(path.join(home, 'elsewhere'), folder);
  const refused = await scripts('new', 'elsewhere');
  expect(refused.stderr).toContain(`${folder} is a symbolic link`);
  expect(readdirSync(path.join(home, 'elsewhere'))).toEqual([]);
  rmSync(folder);
  renameSync(`${folder}.aside`, folder);
});

test('a new script for all projects; names that cannot be', async () => {
  const { stdout } = await scripts('new', 'everywhere', '--dir', 'personal', '--json');
  expect(JSON.parse(stdout)).toEqual({
    type: 'created',
    name: 'everywhere',
    file: path.join(home, workflows, 'everywhere.js'),
    declarations: path.join(home, workflows, 'everturn-scripts.d.ts'),
  });
  expect(await scripts('new', '../up')).toMatchObject({
    code: exitCodes.usage,
    stderr:
      'error Cannot write script "../up": expected a letter from a to z, then at most 63 letters, digits, - or _\n',
  });
  write(path.join('.everturn', 'flows', 'taken.yaml'), 'name: taken\nsteps: [{id: a, kind: code, code: return 1}]\n');
  expect((await scripts('new', 'taken')).stderr).toContain('taken.yaml has this name');
});

test('faults and warnings: their lines, and the exit code of bad input', async () => {
  const file = path.join(workflows, 'bad.js');
  const head = "export const meta = { name: 'bad', description: 'x' }\n";
  const warned = "while (budget.remaining() > 0) await agent('x')";
  write(file, `${head}${warned}\nreturn [agent('y')]\n`);
  const told = 'agent() is not awaited: the result would hold {} in its place; write await agent(…)';
  const { code, stdout, stderr } = await scripts('check', file);
  expect({ code, stderr }).toEqual({
    code: exitCodes.usage,
    stderr: 'error Cannot use 1 file of 1: 1 fault, 1 warning\n',
  });
  const [first, second] = stdout.trim().split('\n');
  expect(first).toMatch(new RegExp(`^warning ${file}:2:8 without a budget`));
  expect(second).toBe(`${file}:3:9 ${told}`);

  const json = await scripts('check', file, '--json');
  const lines = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { type: 'warning', file, line: 2, column: 8, path: '' },
    { type: 'fault', file, line: 3, column: 9, path: '', message: told },
    { type: 'error', error: { code: 'script_invalid', details: { files: 1, faults: 1, warnings: 1 } } },
  ]);

  write(file, `${head}${warned}\n`);
  expect(await scripts('check', file)).toMatchObject({
    code: exitCodes.ok,
    stdout: expect.stringMatching(/\nNo errors in 1 file, 1 warning\n$/),
  });
  expect((await scripts('check')).stdout).toContain(`warning ${file}:2:8`);
});

test('a file that is not there, and one that is no script', async () => {
  expect(await scripts('check', 'nope.js')).toMatchObject({
    code: exitCodes.usage,
    stdout: expect.stringMatching(/^nope\.js:1:1 cannot read the file: ENOENT/),
  });
  expect(await scripts('check', 'flow.yaml')).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringContaining('error Cannot check flow.yaml: no script has this name, and it is not a .js file'),
  });
});

test('the declarations', async () => {
  const { stdout } = await scripts('types');
  expect(stdout).toBe(readFileSync(path.join(builtInCatalog, 'everturn-scripts.d.ts'), 'utf8'));
});
