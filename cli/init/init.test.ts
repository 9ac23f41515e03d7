import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDefinitions } from '../../definitions/definitions.ts';
import { exitCodes } from '../exit.ts';
import { startCli } from '../testing/cli.ts';
import { projectFiles } from './write-project.ts';

let root: string;
let project: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'everturn-init-'));
  project = path.join(root, 'project');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const everturn = (...args: string[]) =>
  startCli(args, {
    env: { XDG_CONFIG_HOME: path.join(root, 'config'), EVERTURN_PROJECT: project, EVERTURN_TRUST: undefined },
  }).ended;
const isTrusted = async (): Promise<unknown> =>
  JSON.parse((await everturn('trust', '--yes', '--json')).stdout.split('\n')[0] ?? '');

test('a new project has no faults and is trusted as it was written', async () => {
  const { code, stdout } = await everturn('init', '--json');
  expect({ code, ...JSON.parse(stdout) }).toEqual({
    code: 0,
    type: 'created',
    folder: project,
    files: projectFiles,
    trusted: true,
  });
  for (const file of projectFiles) expect(existsSync(path.join(project, file))).toBe(true);
  expect(readFileSync(path.join(project, '.gitignore'), 'utf8')).toBe('node_modules/\n');
  const definitions = openDefinitions({ project });
  const own = [...definitions.flows(), ...definitions.scripts(), ...definitions.agents()].filter(
    ({ origin }) => origin === 'project',
  );
  expect(own.map(({ name, faults }) => [name, faults])).toEqual([
    ['tour', []],
    ['look-around', []],
    ['guide', []],
  ]);
  expect(await isTrusted()).toMatchObject({ trusted: true, by: 'person' });

  writeFileSync(path.join(project, '.everturn', 'tools', 'count_words.ts'), '// changed');
  expect(await isTrusted()).toMatchObject({ trusted: false, changed: [{ change: 'changed' }] });
});

test('nothing is written where one of the files is there already', async () => {
  mkdirSync(project);
  writeFileSync(path.join(project, 'everturn.yaml'), '# mine\n');
  const { code, stderr } = await everturn('init');
  expect({ code, stderr }).toEqual({
    code: exitCodes.usage,
    stderr: expect.stringContaining(`Cannot write a project to ${project}: it has everturn.yaml already`),
  });
  expect(readFileSync(path.join(project, 'everturn.yaml'), 'utf8')).toBe('# mine\n');
  expect(existsSync(path.join(project, '.everturn'))).toBe(false);
});

test('what a folder brought before is not trusted with it', async () => {
  mkdirSync(path.join(project, '.everturn', 'tools'), { recursive: true });
  writeFileSync(path.join(project, '.everturn', 'tools', 'theirs.ts'), 'export default {};');
  const { stdout } = await everturn('init');
  expect(stdout).toContain('The folder had files that need your trust first: npx everturn trust');
  expect(await isTrusted()).toMatchObject({ trusted: false });
});

test('a link that a clone brings leads nowhere', async () => {
  mkdirSync(project);
  mkdirSync(path.join(root, 'elsewhere'));
  symlinkSync(path.join(root, 'elsewhere'), path.join(project, '.everturn'));
  const { code, stderr } = await everturn('init');
  expect(code).toBe(exitCodes.usage);
  expect(stderr).toContain('is a symbolic link. Replace it by a folder');
  expect(existsSync(path.join(root, 'elsewhere', 'agents', 'guide.md'))).toBe(false);
});
