import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editFile } from './edit-file.ts';
import { said, testContext } from './test-context.ts';

const withText = async (content: string | Buffer) => {
  const context = await testContext();
  const path = join(context.workspace, 'f');
  await writeFile(path, content);
  return {
    edit: (old_text: string, new_text: string, more = {}) =>
      editFile.run({ path: 'f', old_text, new_text, ...more }, context),
    now: () => readFile(path, 'utf8'),
  };
};

test('replaces the one occurrence, taking both texts as they are', async () => {
  const { edit, now } = await withText('a\nb $& (x)\nc\n');
  expect(said(await edit('b $& (x)', '$1 $& $$'))).toBe('Edited f at line 2');
  expect(await now()).toBe('a\n$1 $& $$\nc\n');
});

test('refuses what is not there or not unique, and leaves the file', async () => {
  const { edit, now } = await withText('aaa b b');
  expect((await edit('zz', 'y')).text).toContain('Cannot edit "f": old_text is not in the file');
  expect((await edit('b', 'y')).text).toContain('more than once');
  expect((await edit('aa', 'y')).text).toContain('more than once');
  expect((await edit('b', 'b')).text).toContain('are the same');
  expect(await now()).toBe('aaa b b');
});

test('replaces all when told so', async () => {
  const { edit, now } = await withText('x b b\nb');
  expect(said(await edit('b', 'bb', { replace_all: true }))).toBe('Edited f at 3 places, first at line 1');
  expect(await now()).toBe('x bb bb\nbb');
});

test('keeps CRLF and a byte order mark', async () => {
  const { edit, now } = await withText('\uFEFFone\r\ntwo\r\nthree\r\n');
  expect((await edit('one\ntwo', '1\n2')).status).toBe('ok');
  expect(await now()).toBe('\uFEFF1\r\n2\r\nthree\r\n');
});

test('does not touch binary or other encodings', async () => {
  const latin = Buffer.from([0x61, 0xe9, 0x62]);
  const { edit } = await withText(latin);
  expect((await edit('a', 'x')).text).toBe('Cannot edit "f": it is binary or not UTF-8; an edit would damage it');
  expect((await (await withText('a\0b')).edit('a', 'x')).status).toBe('error');
});

test('says that the file is not there', async () => {
  const context = await testContext();
  expect((await editFile.run({ path: 'g', old_text: 'a', new_text: 'b' }, context)).text).toBe(
    'Cannot edit "g": there is no such file or folder (ENOENT)',
  );
});
