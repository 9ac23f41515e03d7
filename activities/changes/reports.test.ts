import { chmod, lstat, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyPatch } from '../tools/apply-patch.ts';
import { editFile } from '../tools/edit-file.ts';
import { said, testContext } from '../tools/test-context.ts';
import { writeFile as writeTool } from '../tools/write-file.ts';

/** What public reports say that file tools of other agents did. Each must not happen here. */

const open = async (content: string, mode = 0o644) => {
  const context = await testContext();
  const file = join(context.workspace, 'f');
  await writeFile(file, content);
  await chmod(file, mode);
  return {
    file,
    now: () => readFile(file, 'utf8'),
    mode: async () => (await stat(file)).mode & 0o777,
    edit: async (old_text: string, new_text: string, more = {}) =>
      await editFile.run({ path: 'f', old_text, new_text, ...more }, context),
    patch: async (patch: string) => await applyPatch.run({ patch }, context),
    write: async (text: string) => await writeTool.run({ path: 'f', content: text }, context),
    exists: (name: string) => readFile(join(context.workspace, name), 'utf8').catch(() => null),
    put: (name: string, text: string) => writeFile(join(context.workspace, name), text),
  };
};

test('openclaw #116011: an edit rewrites line ends of lines that it does not touch', async () => {
  const mixed = 'one\r\ntwo\nprogress 1%\rprogress 2%\r\nthree\n';
  const byEdit = await open(mixed);
  await byEdit.edit('three', 'THREE');
  expect(await byEdit.now()).toBe(mixed.replace('three', 'THREE'));
  const byPatch = await open(mixed);
  expect(said(await byPatch.patch('--- a/f\n+++ b/f\n@@ -4 +4 @@\n-three\n+THREE\n'))).toBe('Edited f');
  expect(await byPatch.now()).toBe(mixed.replace('three', 'THREE'));
});

test('claude-code #19565: Edit and Write turn CRLF into LF', async () => {
  const { edit, write, now } = await open('unit A;\r\nbegin\r\nend.\r\n');
  await edit('begin\nend.', 'begin\n  x;\nend.');
  expect(await now()).toBe('unit A;\r\nbegin\r\n  x;\r\nend.\r\n');
  await write('unit B;\nbegin\nend.\n');
  expect(await now()).toBe('unit B;\r\nbegin\r\nend.\r\n');
});

test('agent-os #2290: one of two overlapping places is edited', async () => {
  const { edit, now } = await open('x = 1\nx = 1\nx = 1\n');
  expect((await edit('x = 1\nx = 1', 'y = 2\ny = 2')).text).toContain('old_text is in the file more than once');
  expect(await now()).toBe('x = 1\nx = 1\nx = 1\n');
});

test('zero #963: a block whose inside has drifted is overwritten', async () => {
  const block = 'func a() {\n\tx := 1\n\ty := 2\n\tz := 3\n\treturn\n}\n';
  const { edit, now } = await open(block);
  const { text } = await edit(block.replace('y := 2', 'y := 99'), 'func a() {}\n');
  expect(text).toContain('The nearest place is lines 1 to 6.');
  expect(text).toContain('- →y := 99\n+ →y := 2');
  expect(await now()).toBe(block);
});

test('pi-hashline-readmap #90: stale old text consumes the whole file', async () => {
  const { edit, now } = await open('const a = {\n  b: 1,\n};\n');
  expect((await edit('const a = { b: 1 };', 'const a = {};')).status).toBe('error');
  expect(await now()).toBe('const a = {\n  b: 1,\n};\n');
});

test('claude-code #20356, OpenHands #4254: the executable bit is lost', async () => {
  const { edit, patch, write, mode } = await open('#!/bin/sh\necho 1\n', 0o755);
  await edit('echo 1', 'echo 2');
  expect(await mode()).toBe(0o755);
  await patch('--- a/f\n+++ b/f\n@@ -2 +2 @@\n-echo 2\n+echo 3\n');
  expect(await mode()).toBe(0o755);
  await write('#!/bin/sh\n');
  expect(await mode()).toBe(0o755);
});

test('oh-my-pi #4033: a new file, or a move, replaces one that is there; a patch is applied in part', async () => {
  const { patch, put, exists, now } = await open('src\n');
  await put('there', 'mine\n');
  for (const text of [
    '*** Begin Patch\n*** Add File: there\n+REPLACEMENT\n*** End Patch',
    '*** Begin Patch\n*** Update File: f\n*** Move to: there\n@@\n-src\n+SRC\n*** End Patch',
    '*** Begin Patch\n*** Update File: f\n@@\n-src\n+SRC\n*** Update File: missing\n@@\n-x\n+y\n*** End Patch',
  ])
    expect((await patch(text)).status).toBe('error');
  expect([await exists('there'), await now()]).toEqual(['mine\n', 'src\n']);
});

test('pi-codemode #58: short heads of hunks change nothing and report success; absolute paths', async () => {
  const { patch, now, file } = await open('one\ntwo\n');
  expect(said(await patch(`--- a/${file}\n+++ b/${file}\n@@ -2 +2 @@\n-two\n+TWO\n`))).toBe('Edited f');
  expect(await now()).toBe('one\nTWO\n');
});

test('libgit2 #5209: the end of a last line without one goes to the wrong hunk', async () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}`);
  const { patch, now } = await open(lines.join('\n'));
  const head = '--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n 0\n+new\n 1\n';
  await patch(
    `${head}@@ -19,2 +20,2 @@\n 18\n-19\n\\ No newline at end of file\n+nineteen\n\\ No newline at end of file\n`,
  );
  expect(await now()).toBe(lines.with(19, 'nineteen').toSpliced(1, 0, 'new').join('\n'));
});

test('bike4mind #222: "$&" of the new text is taken for what was replaced', async () => {
  const { edit, now } = await open('price\n');
  await edit('price', "$& $1 $$ $' $`");
  expect(await now()).toBe("$& $1 $$ $' $`\n");
});

test('hermes-agent #76450: an edit of many lines that is nowhere takes seconds to say so', async () => {
  const { edit, now } = await open(Array.from({ length: 60_000 }, (_, index) => `  line(${index % 7});\n`).join(''));
  const before = await now();
  const wanted = Array.from({ length: 40 }, (_, index) => `  wanted(${index});\n`).join('');
  expect((await edit(wanted, 'x')).text).toContain('old_text is not in the file');
  expect(await now()).toBe(before);
}, 4000);

test('openclaw #124379: a hunk at the end of the file is put where its lines were used already', async () => {
  const begin = '*** Begin Patch\n*** Update File: f\n';
  const at = await open('a\nx\nb\nx\n');
  expect(said(await at.patch(`${begin}@@\n-x\n+y\n*** End of File\n*** End Patch`))).toBe('Edited f');
  expect(await at.now()).toBe('a\nx\nb\ny\n');
  const twice = `${begin}@@\n-a\n+A\n-x\n@@\n x\n+c\n*** End of File\n*** End Patch`;
  const three = await open('a\nx\n');
  expect(said(await three.patch(twice))).toContain('hunk 2 does not apply');
  expect(await three.now()).toBe('a\nx\n');
});

test('openclaw #124390, agent-os #1907: line ends of a last line are lost, doubled or merged', async () => {
  const bare = await open('hello\nworld');
  await bare.patch('*** Begin Patch\n*** Update File: f\n@@\n world\n+tail\n*** End Patch');
  expect(await bare.now()).toBe('hello\nworld\ntail');
  const head = '--- a/f\n+++ b/f\n';
  const no = '\\ No newline at end of file\n';
  const ended = await open('b');
  await ended.patch(`${head}@@ -1 +1 @@\n-b\n${no}+b\n`);
  expect(await ended.now()).toBe('b\n');
  const unended = await open('b\n');
  await unended.patch(`${head}@@ -1 +1 @@\n-b\n+c\n${no}`);
  expect(await unended.now()).toBe('c');
});

test('what is below and within a patch of git is taken for its lines', async () => {
  const mail = await open('one\n');
  await mail.patch('--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n-- \n2.39.5\n\n');
  expect(await mail.now()).toBe('two\n');
  const sql = await open('-- old\nx\n');
  await sql.patch('--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n x\n');
  expect(await sql.now()).toBe('++ new\nx\n');
  const added = await open('');
  const words = said(await added.patch('*** Begin Patch\n*** Add File: new\n+a\n\n+b\n*** End Patch'));
  expect(words).toContain('it creates the file, so each of its lines begins with "+"');
  expect(await added.exists('new')).toBeNull();
});

test('claude-code #28376: a link is replaced by a file, and what it leads to stays as it was', async () => {
  const { file, edit, write, now } = await open('one\n');
  await rename(file, join(file, '..', 'real'));
  await symlink('real', file);
  await edit('one', 'two');
  await write('three\n');
  expect([await now(), await readFile(join(file, '..', 'real'), 'utf8')]).toEqual(['three\n', 'three\n']);
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
});

test('claude-code #29870, #20828: a text with other spaces or quotes is not found, and nothing says why', async () => {
  const { edit, now } = await open('a\u00a0b \u201cc\u201d, \u4f60\n');
  const { text } = await edit('a b "c", \u4f60\u597d', 'x');
  expect(text).toContain(
    '\nCharacters that may look alike: the file has U+00A0, U+201C, U+201D there, which you did not give',
  );
  await edit('\u00a0b \u201cc\u201d', ' b');
  expect(await now()).toBe('a b, \u4f60\n');
});
