import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from './list-files.ts';
import { makePipe, testContext } from './test-context.ts';

const withFiles = async (...paths: string[]) => {
  const context = await testContext();
  for (const path of paths) {
    await mkdir(dirname(join(context.workspace, path)), { recursive: true });
    await writeFile(join(context.workspace, path), path.endsWith('.gitignore') ? 'node_modules\n*.log\n' : 'x');
  }
  return { context, list: (args: Record<string, unknown> = {}) => listFiles.run(args, context) };
};

const tree = [
  '.gitignore',
  '.git/config',
  'README.md',
  'app.log',
  'src/a.ts',
  'src/deep/b.test.ts',
  'src/node_modules/x/c.ts',
];

test('lists the names of one folder, with the sizes of those in it', async () => {
  const { context, list } = await withFiles(...tree, 'node_modules/y/d.js', '.everturn/token', '.everturn-write-1-2');
  await mkdir(join(context.workspace, 'empty'));
  await symlink('/etc', join(context.workspace, 'link'));
  expect(await list()).toEqual({
    status: 'ok',
    text: '.gitignore\nREADME.md\nempty/ (empty or ignored)\nlink -> /etc\nnode_modules/ (empty or ignored)\nsrc/ (2 files)',
  });
  expect((await list({ path: 'src' })).text).toBe('src/a.ts\nsrc/deep/ (1 file)\nsrc/node_modules/ (empty or ignored)');
});

test('lists all depths, without what .gitignore names, links and our own data', async () => {
  const { context, list } = await withFiles(...tree, '.everturn/token', 'sub/.everturn/token', '.everturn-write-1-2');
  await symlink('src', join(context.workspace, 'link'));
  expect((await list({ recursive: true })).text).toBe('.gitignore\nREADME.md\nsrc/a.ts\nsrc/deep/b.test.ts');
  expect((await list({ recursive: true, include_ignored: true, path: 'src' })).text).toBe(
    'src/a.ts\nsrc/deep/b.test.ts\nsrc/node_modules/x/c.ts',
  );
});

test.each([
  ['*.ts', 'src/a.ts\nsrc/deep/b.test.ts'],
  ['**/*.ts', 'src/a.ts\nsrc/deep/b.test.ts'],
  ['**/*', '.gitignore\nREADME.md\nsrc/a.ts\nsrc/deep/b.test.ts'],
  ['src/**', 'src/a.ts\nsrc/deep/b.test.ts'],
  ['./src/*', 'src/a.ts'],
  ['src/*.{ts,js}', 'src/a.ts'],
  ['src/**/*.test.ts', 'src/deep/b.test.ts'],
  ['src/d*p/*.ts', 'src/deep/b.test.ts'],
  ['{src,lib}/a.ts', 'src/a.ts'],
  ['!*.ts', '.gitignore\nREADME.md'],
  ['src/a.ts', 'src/a.ts'],
  ['*.py', '[No files match *.py in .]'],
])('finds by glob %s', async (glob, text) => {
  const { list } = await withFiles(...tree);
  expect(await list({ glob })).toEqual({ status: 'ok', text });
});

test('caps the list and says how many were left out', async () => {
  const { list } = await withFiles(...Array.from({ length: 520 }, (_, index) => `${1000 + index}`));
  const lines = (await list({ recursive: true })).text.split('\n');
  expect(lines).toHaveLength(501);
  expect(lines.slice(499)).toEqual(['1499', '[20 more left out: give a narrower path or glob]']);
});

test('names what it cannot list', async () => {
  const { list } = await withFiles('file');
  expect((await list()).text).toBe('file');
  expect((await list({ path: 'nothing' })).text).toBe(
    'Cannot list "nothing": there is no such file or folder (ENOENT)',
  );
  expect((await list({ path: 'file' })).text).toContain('it is a file, not a folder');
  expect((await list({ glob: '[' })).text).toContain('Cannot list ".": error parsing glob');
  expect((await list({ glob: '*.{ts' })).status).toBe('error');
  await expect(list({ path: '..' })).rejects.toMatchObject({ code: 'path_outside_workspace' });
  await expect(list({ glob: '../*' })).rejects.toMatchObject({ code: 'path_outside_workspace' });
  expect((await list({ glob: '*/../../*' })).text).toContain('[No files match');
});

test('shows names with a line break on one line, and passes by pipes', async () => {
  const { context, list } = await withFiles('a\nb', '-n');
  makePipe(join(context.workspace, 'pipe'));
  expect((await list({ recursive: true })).text).toContain('a\\nb');
  expect((await list()).text.split('\n')).toEqual(['-n', 'a\\nb']);
});
