import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyPatch } from './apply-patch.ts';
import { said, testContext } from './test-context.ts';

const open = async (files: Record<string, string>) => {
  const context = await testContext();
  for (const [name, content] of Object.entries(files)) await writeFile(join(context.workspace, name), content);
  return {
    context,
    at: (name: string) => join(context.workspace, name),
    patch: async (patch: string) => said(await applyPatch.run({ patch }, context)),
    text: (name: string) => readFile(join(context.workspace, name), 'utf8'),
  };
};

const lines = (...some: string[]): string => some.map((line) => `${line}\n`).join('');

describe('a unified diff', () => {
  test('edits, makes, deletes and renames, as a whole', async () => {
    const { patch, text, at } = await open({ a: 'one\ntwo\nthree\n', gone: 'x\n', old: 'name\n' });
    const said = await patch(`diff --git a/a b/a
index 111..222 100644
--- a/a
+++ b/a
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
diff --git a/new b/new
new file mode 100755
--- /dev/null
+++ b/new
@@ -0,0 +1,2 @@
+#!/bin/sh
+true
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/old b/moved
similarity index 100%
rename from old
rename to moved
`);
    expect(said).toBe('Edited a, created new, deleted gone, renamed old to moved');
    expect(await text('a')).toBe('one\nTWO\nthree\n');
    expect((await stat(at('new'))).mode & 0o100).toBe(0o100);
    expect(await text('moved')).toBe('name\n');
    await expect(stat(at('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(at('old'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('one of its files does not fit: nothing is written', async () => {
    const { patch, text } = await open({ a: 'a\n', b: 'b\n' });
    expect(await patch('--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+A\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+B\n')).toBe(
      'Cannot apply the patch: "b": hunk 1 does not apply: its lines are not in the file as they are given; read the file and make the patch again',
    );
    expect(await text('a')).toBe('a\n');
  });

  test('applied twice: refused, with the place', async () => {
    const { patch, text } = await open({ a: lines('1', '2', '3') });
    const once = '--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n 1\n 2\n+new\n 3\n';
    expect(await patch(once)).toBe('Edited a');
    expect(await patch(once)).toBe(
      'Cannot apply the patch: "a": hunk 1 is in the file already, at line 1: the patch may have been applied before',
    );
    const make = '--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n';
    expect(await patch(make)).toBe('Created n');
    expect(await patch(make)).toBe(
      'Cannot apply the patch: "n": there is a file of this name already; a patch that creates it would replace it. Give a patch of its lines, or use write_file',
    );
    expect(await text('a')).toBe(lines('1', '2', 'new', '3'));
  });

  test('renames over nothing', async () => {
    const { patch, text } = await open({ a: 'a\n', b: 'b\n' });
    expect(await patch('diff --git a/a b/b\nrename from a\nrename to b\n')).toBe(
      'Cannot apply the patch: "b": there is a file of this name already; a rename would replace it. Delete it first, or choose another name',
    );
    expect([await text('a'), await text('b')]).toEqual(['a\n', 'b\n']);
  });

  test('with wrong line numbers goes where its lines are, if that is one place alone', async () => {
    const { patch, text } = await open({ a: lines('a', 'b', 'c', 'd'), b: lines('x', 'y', 'x', 'y') });
    expect(await patch('--- a/a\n+++ b/a\n@@ -40,2 +40,2 @@\n c\n-d\n+D\n')).toBe('Edited a');
    expect(await text('a')).toBe(lines('a', 'b', 'c', 'D'));
    expect(await patch('--- a/b\n+++ b/b\n@@ -40,2 +40,2 @@\n x\n-y\n+Y\n')).toBe(
      'Cannot apply the patch: "b": hunk 1 fits in 2 places, at lines 1, 3: give more lines around the change',
    );
    expect(await patch('--- a/b\n+++ b/b\n@@ -3,2 +3,2 @@\n x\n-y\n+Y\n')).toBe('Edited b');
    expect(await text('b')).toBe(lines('x', 'y', 'x', 'Y'));
  });

  test('that does not fit shows the nearest place, spaces too', async () => {
    const { patch } = await open({ a: lines('function f() {', '\treturn 1', '}') });
    expect(await patch('--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n function f() {\n-  return 1\n+  return 2\n }\n')).toBe(
      'Cannot apply the patch: "a": hunk 1 does not apply: its lines are not in the file as they are given. The nearest place is lines 1 to 3. "-" is what you gave, "+" what is there (→ is a tab):\n-   return 1\n+ →return 1',
    );
  });

  test('keeps CRLF, a byte order mark, and a last line without an end', async () => {
    const { patch, text } = await open({ a: '\uFEFFone\r\ntwo\r\nthree' });
    expect(await patch('--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n-one\n+1\n+1b\n two\n-three\n+3\n')).toBe('Edited a');
    expect(await text('a')).toBe('\uFEFF1\r\n1b\r\ntwo\r\n3');
  });

  test.each([
    [
      'binary',
      'diff --git a/a b/a\nGIT binary patch\nliteral 0\n',
      'it changes a binary file, which a patch of text cannot',
    ],
    [
      'a link',
      'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n',
      'it makes "l" a file of mode 120000: only regular files (100644, 100755) can be patched',
    ],
    [
      'words',
      'Change a to b, please',
      'there is no file in the patch; it needs "--- a/path", "+++ b/path" and "@@" lines',
    ],
    [
      'a part of a file that it deletes',
      '--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n',
      '"a": the patch deletes it, and it holds more lines than the patch removes; read it again',
    ],
    [
      'one file twice',
      '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+1\n--- a/a\n+++ b/a\n@@ -2 +2 @@\n-two\n+2\n',
      'it names "a" twice; put all its hunks under one head',
    ],
    [
      'a head that names a line which is not there',
      '--- a/a\n+++ b/a\n@@ somewhere @@\n-one\n+1\n',
      '"a": hunk 1 does not apply: "somewhere", the line after its "@@", is not in the file',
    ],
    ['nothing', '--- a/a\n+++ b/a\n@@ -1 +1 @@\n one\n', '"a": the patch changes nothing in it'],
    [
      'a file that is not there',
      '--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n',
      '"b": there is no such file or folder (ENOENT)',
    ],
  ])('of %s is refused', async (_what, patch, message) => {
    const opened = await open({ a: 'one\ntwo\n' });
    expect(await opened.patch(patch)).toBe(`Cannot apply the patch: ${message}`);
    expect(await opened.text('a')).toBe('one\ntwo\n');
  });

  test('reaches no file outside', async () => {
    const { context } = await open({});
    const run = (name: string) =>
      applyPatch.run({ patch: `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+x\n` }, context);
    await expect(run('../x')).rejects.toMatchObject({ code: 'path_outside_workspace' });
    await expect(run('.everturn/token')).rejects.toMatchObject({ code: 'path_outside_workspace' });
    await mkdir(join(context.workspace, 'd'));
    expect((await run('d')).text).toContain('it is a folder, not a regular file');
  });

  // Reports of users of other tools: such patches were refused, or a line of the patch was lost.
  test('with heads without numbers goes where its lines are', async () => {
    const { patch, text } = await open({
      a: lines('f() {', '  go()', '}', 'g() {', '  go()', '}'),
      b: lines('-- one', 'x', '', 'y'),
    });
    const made = `--- a/a
+++ b/a
@@ g() {
-  go()
+  stay()
 }
--- a/b
+++ b/b
@@ ... @@
--- one
+-- 1
 x
@@

-y
+Y
`;
    expect(await patch(made)).toBe('Edited a, edited b');
    expect(await text('a')).toBe(lines('f() {', '  go()', '}', 'g() {', '  stay()', '}'));
    expect(await text('b')).toBe(lines('-- 1', 'x', '', 'Y'));
    expect(await patch('--- a/a\n+++ b/a\n@@\n }\n+x\n')).toContain('hunk 1 fits in 2 places');
  });

  test('with blank lines between its parts, in a fence or a here-document', async () => {
    const { patch, text } = await open({ a: 'a\n', b: 'b\n' });
    const parts = '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+A\n\n\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-b\n+B\n\n';
    expect(await patch(`\`\`\`diff\n${parts}\`\`\`\n`)).toBe('Edited a, edited b');
    expect([await text('a'), await text('b')]).toEqual(['A\n', 'B\n']);
    const envelope = '*** Begin Patch\n*** Update File: a\n@@\n-A\n+1\n*** End Patch';
    expect(await patch(`apply_patch <<'EOF'\n${envelope}\nEOF`)).toBe('Edited a');
    expect(await text('a')).toBe('1\n');
  });

  test('names as git quotes them', async () => {
    const { patch, text } = await open({});
    expect(await patch('--- /dev/null\n+++ "b/\\303\\251 \\"x\\".txt"\n@@ -0,0 +1 @@\n+x\n')).toBe('Created é "x".txt');
    expect(await text('é "x".txt')).toBe('x\n');
  });
});

describe('a patch between "*** Begin Patch" and "*** End Patch"', () => {
  test('edits below the line that it names, makes, moves and deletes', async () => {
    const { patch, text, at } = await open({
      a: lines('class A {', '  run() {', '    go()', '  }', '}', 'class B {', '  run() {', '    go()', '  }', '}'),
      b: 'b\n',
      c: 'c\n',
    });
    expect(
      await patch(`*** Begin Patch
*** Update File: a
@@ class B {
   run() {
-    go()
+    stay()
   }
*** Add File: d/new
+one
+two
*** Update File: b
*** Move to: moved
@@
-b
+B
*** Delete File: c
*** End Patch`),
    ).toBe('Edited a, created d/new, renamed b to moved, deleted c');
    expect(await text('a')).toBe(
      lines('class A {', '  run() {', '    go()', '  }', '}', 'class B {', '  run() {', '    stay()', '  }', '}'),
    );
    expect([await text('d/new'), await text('moved')]).toEqual(['one\ntwo\n', 'B\n']);
    await expect(stat(at('c'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  // Reports of users of other tools: the first of several places was taken, and two "@@" lines in a row were refused.
  test('names a place by several lines in a row, and is refused where it could mean two', async () => {
    const twice = lines('class A:', '  def run():', '    go()', 'class B:', '  def run():', '    go()');
    const { patch, text } = await open({ a: twice, b: twice });
    const of = (file: string, ...body: string[]) =>
      patch(['*** Begin Patch', `*** Update File: ${file}`, ...body, '*** End Patch'].join('\n'));
    expect(await of('a', '@@   def run():', '-    go()', '+    stay()')).toBe(
      'Cannot apply the patch: "a": hunk 1 fits after several lines "def run():", at lines 3, 6: give more lines around the change, or one more "@@" line above it',
    );
    expect(await of('a', '@@   def run():', '+    # first')).toContain(
      'fits after several lines "def run():", at lines 3, 6',
    );
    expect(await of('a', '@@ class B:', '@@   def run():', '-    go()', '+    stay()')).toBe('Edited a');
    expect(await text('a')).toBe(
      lines('class A:', '  def run():', '    go()', 'class B:', '  def run():', '    stay()'),
    );
    expect(await of('b', '@@ class A:', '@@   def run():', '-    go()', '+    stay()')).toBe('Edited b');
    expect(await text('b')).toBe(
      lines('class A:', '  def run():', '    stay()', 'class B:', '  def run():', '    go()'),
    );
    expect(await of('b', '@@ class C:', '@@   def run():', '-    go()', '+    x()')).toContain(
      '"class C:", the line after its "@@", is not in the file',
    );
  });

  test('that was cut off is refused', async () => {
    const { patch } = await open({ a: 'a\n' });
    expect(await patch('*** Begin Patch\n*** Update File: a\n@@\n-a\n+b')).toBe(
      'Cannot apply the patch: the patch does not end with "*** End Patch"; it may be cut off',
    );
    expect(await patch('*** Begin Patch\n*** Update File: a\n@@ class X\n-a\n+b\n*** End Patch')).toBe(
      'Cannot apply the patch: "a": hunk 1 does not apply: "class X", the line after its "@@", is not in the file',
    );
  });
});
