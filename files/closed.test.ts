import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { gitDiff } from '../activities/tools/git-diff.ts';
import { listFiles } from '../activities/tools/list-files.ts';
import { readFile } from '../activities/tools/read-file.ts';
import { searchFiles } from '../activities/tools/search-files.ts';
import { testContext } from '../activities/tools/test-context.ts';
import type { ToolContext } from '../activities/tools/tool.ts';
import { isClosed, linkedFiles } from './closed.ts';

/** A project whose data are in `<workspace>/<name>`. */
let context: ToolContext;
const project = async (name: string): Promise<void> => {
  context = await testContext();
  context = { ...context, dataFolders: [join(context.workspace, name)] };
  await mkdir(join(context.workspace, name, 'data', 'postgres'), { recursive: true });
  await writeFile(join(context.workspace, name, 'token'), 'canary');
  await writeFile(join(context.workspace, name, 'data', 'postgres', 'pg'), 'canary');
};
beforeEach(() => project('.everturn'));

const at = (name: string) => join(context.workspace, name);
const text = async (run: Promise<{ text: string }>): Promise<string> =>
  (await run.catch((error: Error) => ({ text: error.message }))).text;
const all = async (): Promise<string> =>
  [
    await text(searchFiles.run({ pattern: 'canary', include_ignored: true }, context)),
    await text(listFiles.run({ recursive: true, include_ignored: true }, context)),
  ].join('\n');

test('by another name of the folder, its files and its data', async () => {
  await symlink('.everturn', at('alias'));
  await link(at('.everturn/token'), at('notes'));
  await link(at('.everturn/data/postgres/pg'), at('page'));
  for (const path of ['alias/token', 'alias/data/postgres/pg', 'notes', 'page', '.EVERTURN/token'])
    expect(await text(readFile.run({ path }, context))).toContain('Cannot use path');
  expect(await text(searchFiles.run({ pattern: 'canary', include_ignored: true }, context))).toBe('[No line matches]');
  expect((await linkedFiles(context.dataFolders)).has(lstatSync(at('notes')))).toBe(true);
  await writeFile(at('free'), 'x');
  await link(at('free'), at('free too'));
  expect(await text(readFile.run({ path: 'free too' }, context))).toBe('1\tx');
});

test('where .everturn is a link to a folder of another name, inside the workspace or not', async () => {
  await project('store');
  await symlink('store', at('.everturn'));
  context = { ...context, dataFolders: [at('.everturn')] };
  for (const path of ['store', 'store/token', 'store/data/postgres/pg', 'store/new'])
    expect(await text(readFile.run({ path }, context))).toContain('Cannot use path');
  expect(await all()).not.toMatch(/canary:|store\/token|postgres/);
});

test('where the data alone are elsewhere', async () => {
  await mkdir(at('elsewhere'));
  await writeFile(at('elsewhere/pg'), 'canary');
  await symlink(at('elsewhere'), at('.everturn/data/temporal'));
  expect(await text(readFile.run({ path: 'elsewhere/pg' }, context))).toContain('Cannot use path');
  expect(await all()).not.toMatch(/elsewhere\/pg/);
});

test('a workspace inside it is none', async () => {
  for (const folder of ['.everturn', '.everturn/data/postgres']) {
    const inside = { ...context, workspace: at(folder) };
    expect(await text(readFile.run({ path: 'pg' }, inside))).toContain('Cannot use workspace');
  }
  await mkdir(at('.everturn/workflows'));
  expect(isClosed(at('.everturn/workflows'), context.dataFolders)).toBe(false);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'through a bind mount of any part of it',
  async () => {
    const mount = (from: string, to: string) => {
      execFileSync('sh', ['-c', 'mount --bind "$0" "$1"', at(from), at(to)]);
      onTestFinished(() => void execFileSync('sh', ['-c', 'umount "$0"', at(to)]));
    };
    for (const name of ['whole', 'part', 'free', 'bound']) await mkdir(at(name));
    await writeFile(at('file'), '');
    mount('.everturn', 'whole');
    mount('.everturn/data', 'part');
    mount('.everturn/token', 'file');
    mount('free', 'bound');
    for (const path of ['whole/token', 'part/postgres/pg', 'file'])
      expect(await text(readFile.run({ path }, context))).toContain('Cannot use path');
    expect(await all()).not.toMatch(/canary:|whole\/token|part\/postgres/);
    await writeFile(at('free/a'), 'y');
    expect(await text(readFile.run({ path: 'bound/a' }, context))).toBe('1\ty');
    const inside = { ...context, workspace: at('part/postgres') };
    expect(await text(readFile.run({ path: 'pg' }, inside))).toContain('Cannot use workspace');
  },
);

test('git shows nothing of it, tracked or linked', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: context.workspace });
  await mkdir(at('sub/.everturn'), { recursive: true });
  for (const file of ['a', 'sub/.everturn/token']) await writeFile(at(file), 'old\n');
  git('init', '-q');
  git('add', '-f', '.');
  git('commit', '-qm', 'all');
  for (const file of ['.everturn/token', 'sub/.everturn/token']) await writeFile(at(file), 'canary 2\n');
  git('commit', '-qam', 'more');
  for (const file of ['.everturn/token', 'sub/.everturn/token']) await writeFile(at(file), 'canary 3\n');
  execFileSync('ln', ['-f', at('.everturn/token'), at('a')]);
  for (const args of [{}, { base: 'HEAD~1' }, { base: 'HEAD~1', head: 'HEAD' }, { stat: true }])
    expect(await text(gitDiff.run(args, context))).toBe('[No changes]');
  await writeFile(at('b'), 'seen\n');
  git('add', 'b');
  expect(await text(gitDiff.run({}, context))).toContain('+seen');
});
