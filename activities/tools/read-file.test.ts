import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFile } from './read-file.ts';
import { makePipe, testContext } from './test-context.ts';

const withFile = async (name: string, content: string | Buffer) => {
  const context = await testContext();
  await writeFile(join(context.workspace, name), content);
  return (args: Record<string, unknown> = {}) => readFile.run({ path: name, ...args }, context);
};

test('numbers lines from 1, with and without a last line break', async () => {
  expect(await (await withFile('a', 'one\n\nthree\n'))()).toEqual({ status: 'ok', text: '1\tone\n2\t\n3\tthree' });
  expect((await (await withFile('a', 'one\ntwo'))()).text).toBe('1\tone\n2\ttwo');
  expect((await (await withFile('a', 'one\r\ntwo\r\n'))()).text).toBe('1\tone\n2\ttwo');
  expect((await (await withFile('a', ''))()).text).toBe('[The file is empty]');
});

test('reads a window and says how to go on', async () => {
  const read = await withFile('a', Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join(''));
  expect((await read({ offset: 3, limit: 2 })).text).toBe(
    '3\tline 3\n4\tline 4\n[6 more lines of 10. Continue with offset 5.]',
  );
  expect((await read({ offset: 9, limit: 2 })).text).toBe('9\tline 9\n10\tline 10');
  expect(await read({ offset: 11 })).toEqual({
    status: 'error',
    text: 'Cannot read "a": offset 11 is after its last line, 10',
  });
});

test('keeps lines whole across blocks of the file', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `${index}${'ä'.repeat(index % 90)}`);
  const read = await withFile('a', lines.join('\n'));
  const seen: string[] = [];
  while (seen.length < lines.length) {
    const { text } = await read({ offset: seen.length + 1, limit: 700 });
    const numbered = text.split('\n').filter((line) => !line.startsWith('['));
    seen.push(...numbered.map((line) => line.replace(/^\d+\t/, '')));
  }
  expect(seen).toEqual(lines);
});

test('caps the bytes of a window and of a line', async () => {
  const many = await (await withFile('a', `${'x'.repeat(99)}\n`.repeat(2000)))();
  expect(many.text.length).toBeLessThan(60_000);
  expect(many.text).toContain('[1500 more lines of 2000. Continue with offset 501.]');
  const long = await (await withFile('a', 'é'.repeat(100_000)))();
  expect(long.text).toBe(`1\t${'é'.repeat(1000)} … [line cut: 198000 more bytes]`);
});

test('reads a window of a file of 8 GB without reading the file', async () => {
  const context = await testContext();
  const handle = await open(join(context.workspace, 'huge'), 'w');
  await handle.write('line\n'.repeat(100_000));
  await handle.truncate(8_000_000_000);
  await handle.close();
  const { status, text } = await readFile.run({ path: 'huge', offset: 50_000, limit: 2 }, context);
  expect({ status, text }).toEqual({
    status: 'ok',
    text: '50000\tline\n50001\tline\n[More lines follow: the file has 8.0 GB. Continue with offset 50002.]',
  });
}, 5000);

test('refuses binary files', async () => {
  const read = await withFile('a.bin', Buffer.from([0x89, 0x50, 0, 1, 2]));
  expect(await read()).toEqual({
    status: 'error',
    text: 'Cannot read "a.bin": it is a binary file (5 bytes); only text can be read',
  });
  const late = await withFile('late', Buffer.concat([Buffer.from('line\n'.repeat(20_000)), Buffer.from('a\0b\n')]));
  expect((await late({ offset: 19_999, limit: 1 })).status).toBe('ok');
  expect((await late({ offset: 20_001 })).status).toBe('error');
});

test('refuses what is no regular file, at once', async () => {
  const context = await testContext();
  makePipe(join(context.workspace, 'pipe'));
  await mkdir(join(context.workspace, 'folder'));
  await symlink('pipe', join(context.workspace, 'link'));
  expect((await readFile.run({ path: 'pipe' }, context)).text).toBe(
    'Cannot read "pipe": it is a named pipe, not a regular file',
  );
  expect((await readFile.run({ path: 'link' }, context)).text).toContain('it is a named pipe');
  expect((await readFile.run({ path: 'folder' }, context)).text).toContain('it is a folder');
}, 2000);

test('names what is near a file that is not there', async () => {
  const context = await testContext();
  await mkdir(join(context.workspace, 'docs'));
  await writeFile(join(context.workspace, 'docs/README.md'), 'x');
  await writeFile(join(context.workspace, 'docs/zebra'), 'x');
  expect(await readFile.run({ path: 'docs/readme.txt' }, context)).toEqual({
    status: 'error',
    text: 'Cannot read "docs/readme.txt": there is no such file; near it are docs/README.md',
  });
  expect((await readFile.run({ path: 'docs/qqq' }, context)).text).toContain('look with list_files');
  expect((await readFile.run({ path: 'docs/README.md/x' }, context)).text).toContain('a part of the path is a file');
});

test('stops when it is cancelled', async () => {
  const context = await testContext({ signal: AbortSignal.abort(new Error('cancelled')) });
  await expect(readFile.run({ path: 'a' }, context)).rejects.toThrow('cancelled');
});
