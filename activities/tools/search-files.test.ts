import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { madeUpBelow } from '../../files/closed.ts';
import { searchFiles } from './search-files.ts';
import { makePipe, temporaryFolder, testContext } from './test-context.ts';

const withFiles = async (files: Record<string, string>) => {
  const context = await testContext();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(context.workspace, path)), { recursive: true });
    await writeFile(join(context.workspace, path), content);
  }
  return {
    context,
    search: (pattern: string, more: Record<string, unknown> = {}) => searchFiles.run({ pattern, ...more }, context),
  };
};

const files = {
  '.gitignore': 'dist\n',
  'a.ts': 'one\nneedle 1\nthree\n',
  'dist/b.ts': 'needle ignored\n',
  'src/c.js': 'Needle 2\r\nneedle(3)\n',
  bin: 'needle\0',
  '.everturn/token': 'needle secret',
};

test('gives path, line and text, sorted by path', async () => {
  const { search } = await withFiles(files);
  expect(await search('needle')).toEqual({ status: 'ok', text: 'a.ts:2:needle 1\nsrc/c.js:2:needle(3)' });
  expect((await search('^needle \\d$', { ignore_case: true })).text).toBe('a.ts:2:needle 1\nsrc/c.js:1:Needle 2');
  expect((await search('needle(', { fixed: true })).text).toBe('src/c.js:2:needle(3)');
  expect((await search('needle', { include_ignored: true, path: 'dist' })).text).toBe('dist/b.ts:1:needle ignored');
  expect((await search('nowhere')).text).toBe('[No line matches]');
});

test('searches a folder, a file, or by glob', async () => {
  const { search } = await withFiles(files);
  expect((await search('needle', { path: 'src' })).text).toBe('src/c.js:2:needle(3)');
  expect((await search('needle', { path: 'a.ts' })).text).toBe('a.ts:2:needle 1');
  expect((await search('needle', { glob: '*.ts' })).text).toBe('a.ts:2:needle 1');
  expect((await search('needle', { glob: 'src/**/*.js' })).text).toBe('src/c.js:2:needle(3)');
  expect((await search('needle', { path: 'a.ts', glob: '*.ts' })).text).toContain('a glob needs a folder as path');
  expect((await search('needle', { path: 'nothing' })).text).toContain('there is no such file or folder');
});

test('shows context', async () => {
  const { search } = await withFiles({ a: '1\n2\nhit\n4\n5\n6\nhit\n' });
  expect((await search('hit', { context: 1 })).text).toBe('a-2-2\na:3:hit\na-4-4\n--\na-6-6\na:7:hit');
});

test('gives the words of ripgrep for a bad pattern; a pattern is never an option', async () => {
  const { search } = await withFiles({ a: '--files\n-x\n' });
  const { status, text } = await search('(');
  expect(status).toBe('error');
  expect(text).toContain('Cannot search "." for "("');
  expect(text).toContain('unclosed group');
  expect((await search('--files')).text).toBe('a:1:--files');
  expect((await search('-x')).text).toBe('a:2:-x');
  expect((await search('a\nb')).status).toBe('error');
  await expect(search('a\0b')).rejects.toMatchObject({ code: 'tool_arguments' });
});

test('ends at once on a pattern that would stop a backtracking engine', async () => {
  const { search } = await withFiles({ a: `${'a'.repeat(5000)}!` });
  expect((await search('^(a+)+$')).text).toBe('[No line matches]');
}, 5000);

test('cuts long lines and caps the hits', async () => {
  const { search } = await withFiles({ long: `needle ${'x'.repeat(100_000)}`, many: 'hit\n'.repeat(2000) });
  expect((await search('needle')).text.length).toBeLessThan(400);
  const lines = (await search('hit')).text.split('\n');
  expect(lines).toHaveLength(301);
  expect(lines.at(-1)).toBe('[More hits were left out: give a narrower pattern, path or glob]');
});

test('follows no link and waits for no pipe', async () => {
  const { context, search } = await withFiles({ a: 'hit\n' });
  const outside = await temporaryFolder();
  await writeFile(join(outside, 'secret'), 'hit\n');
  await symlink(outside, join(context.workspace, 'folder'));
  await symlink(join(outside, 'secret'), join(context.workspace, 'file'));
  makePipe(join(context.workspace, 'pipe'));
  expect((await search('hit')).text).toBe('a:1:hit');
  expect((await search('hit', { path: 'pipe' })).text).toContain('it is a named pipe');
  await expect(search('hit', { path: 'folder' })).rejects.toMatchObject({ code: 'path_outside_workspace' });
  await expect(search('hit', { path: 'file' })).rejects.toMatchObject({ code: 'path_outside_workspace' });
}, 5000);

test.runIf(process.platform === 'linux')('files of the kernel are not searched, as they are not read', async () => {
  const context = await testContext({ workspace: '/' });
  const searchRoot = (changes: { path?: string; glob?: string }) =>
    searchFiles.run({ pattern: 'PATH=', ...changes }, context);
  for (const path of [`proc/${process.pid}/environ`, `proc/${process.pid}`, 'proc', 'sys']) {
    expect((await searchRoot({ path })).text).toContain('a file system of the kernel');
  }
  expect((await searchRoot({ glob: `proc/${process.pid}/*` })).text).toContain('a file system of the kernel');
  expect(madeUpBelow('/')).toContain('/proc');
});

test('stops when it is cancelled in the middle', async () => {
  const { context } = await withFiles({ a: 'hit\n' });
  const controller = new AbortController();
  const running = searchFiles.run({ pattern: 'hit' }, { ...context, signal: controller.signal });
  controller.abort(new Error('cancelled'));
  await expect(running).rejects.toThrow('cancelled');
});
