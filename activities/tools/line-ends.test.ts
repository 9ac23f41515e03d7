import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editFile } from './edit-file.ts';
import { said, testContext } from './test-context.ts';
import { writeFile as writeTool } from './write-file.ts';

const edited = async (content: string, old_text: string, new_text: string, more = {}): Promise<string> => {
  const context = await testContext();
  const path = join(context.workspace, 'f');
  await writeFile(path, content);
  const { status, text } = await editFile.run({ path: 'f', old_text, new_text, ...more }, context);
  return status === 'ok' ? await readFile(path, 'utf8') : text;
};

test.each([
  ['a piece of one line', 'one\r\ntwo\r\n', 'two', 'two\nmore', 'one\r\ntwo\r\nmore\r\n'],
  ['in the first line', 'one\r\ntwo\r\n', 'one', 'zero\none', 'zero\r\none\r\ntwo\r\n'],
  ['without a last break', 'one\r\ntwo', 'two', 'two\nmore\n', 'one\r\ntwo\r\nmore\r\n'],
  ['across lines', 'one\r\ntwo\r\nthree', 'one\ntwo', '1\n1b\n2', '1\r\n1b\r\n2\r\nthree'],
  ['both with CRLF', 'one\r\ntwo\r\n', 'one\r\ntwo', '1\r\n2', '1\r\n2\r\n'],
  ['CRLF asked of a file with LF', 'one\ntwo\n', 'two', 'two\r\nmore', 'one\ntwo\nmore\n'],
  ['CRLF on both sides of a file with LF', 'one\ntwo\n', 'one\r\ntwo', '1\r\n2\r\n3', '1\n2\n3\n'],
  ['half and half in what is put in', 'one\r\ntwo\r\n', 'two', 'a\r\nb\nc', 'one\r\na\r\nb\r\nc\r\n'],
  ['a byte order mark', '\uFEFFone\r\ntwo', 'one', '1\n1b', '\uFEFF1\r\n1b\r\ntwo'],
  ['a break that goes', 'one\r\ntwo\r\n', 'one\n', '', 'two\r\n'],
  ['a break that stays', 'one\r\ntwo\r\n', 'one\n', '1\n', '1\r\ntwo\r\n'],
  ['mixed, in the part with LF', 'a\r\nb\nc\nd\r\n', 'c', 'c\nc2', 'a\r\nb\nc\nc2\nd\r\n'],
  ['mixed, in the part with CRLF', 'a\nb\r\nc\n', 'b', 'b\nb2', 'a\nb\r\nb2\r\nc\n'],
  ['mixed, across both', 'a\r\nb\nc\r\n', 'a\nb\nc', '1\n2\n3\n4', '1\r\n2\n3\n4\r\n'],
  ['one line alone', 'one', 'one', 'one\r\ntwo', 'one\r\ntwo'],
  ['line ends alone', 'a\r\nb\r\n', 'a\r\nb', 'a\nb', 'a\nb\r\n'],
  ['a CR within a line', 'a\rb\nc\n', 'a\rb', 'a\rb\nx', 'a\rb\nx\nc\n'],
])('%s', async (_name, content, before, after, expected) => {
  expect(await edited(content, before, after)).toBe(expected);
});

test('what reads the same in two places is not unique, whatever ends its lines', async () => {
  expect(await edited('a\nb\na\r\nb\n', 'a\nb', 'x')).toContain('more than once');
  expect(await edited('a\nb\na\r\nb\n', 'a\nb', 'x\ny', { replace_all: true })).toBe('x\ny\nx\r\ny\n');
});

test('a file of CRLF alone stays one after any edit, and nothing but the part changes', async () => {
  const line = fc.stringMatching(/^[ab]{0,3}$/);
  const lines = fc.array(line, { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(lines, fc.array(line, { minLength: 1, maxLength: 4 }), fc.nat(), async (old, put, seed) => {
      const marked = old.with(seed % old.length, `<${old[seed % old.length]}>`);
      const now = await edited(marked.join('\r\n'), marked[seed % old.length] ?? '', put.join('\n'));
      expect(now).toBe(marked.with(seed % old.length, put.join('\r\n')).join('\r\n'));
    }),
    { numRuns: 50 },
  );
});

test('a file that is written anew keeps CRLF, and says where its line ends change', async () => {
  const context = await testContext();
  const path = join(context.workspace, 'f');
  const write = async (content: string) => said(await writeTool.run({ path: 'f', content }, context));
  await writeFile(path, 'one\r\ntwo\r\n');
  expect(await write('1\n2\n')).toBe('Replaced f (6 bytes). Its line ends (CRLF) or byte order mark were kept');
  await writeFile(path, 'one\ntwo\n');
  expect(await write('1\r\n')).toBe('Replaced f (3 bytes). Its lines ended in LF, now in CRLF');
  expect(await write('1\r\n2')).toBe('Replaced f (4 bytes)');
  expect(await write('no break')).toBe('Replaced f (8 bytes)');
});
