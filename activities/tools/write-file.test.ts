import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile as write } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyPatch } from './apply-patch.ts';
import { deleteFile } from './delete-file.ts';
import { editFile } from './edit-file.ts';
import { makePipe, said, temporaryFolder, testContext } from './test-context.ts';
import { writeFile } from './write-file.ts';

test('creates with folders, replaces, and says which', async () => {
  const context = await testContext();
  const path = join(context.workspace, 'a/b/c.txt');
  expect(await writeFile.run({ path: 'a/b/c.txt', content: 'één' }, context)).toMatchObject({
    status: 'ok',
    text: 'Created a/b/c.txt (5 bytes)',
  });
  expect(await readFile(path, 'utf8')).toBe('één');
  expect(said(await writeFile.run({ path: 'a/b/c.txt', content: '' }, context))).toBe('Replaced a/b/c.txt (0 bytes)');
  expect(await readFile(path, 'utf8')).toBe('');
  expect(await readdir(join(context.workspace, 'a/b'))).toEqual(['c.txt']);
});

test('run again it changes nothing and claims nothing', async () => {
  const context = await testContext();
  const call = () => writeFile.run({ path: 'a', content: 'x' }, context);
  await call();
  const before = await stat(join(context.workspace, 'a'), { bigint: true });
  expect(await call()).toEqual({ status: 'ok', text: 'a has exactly this content (1 byte)' });
  expect(await stat(join(context.workspace, 'a'), { bigint: true })).toMatchObject({
    ino: before.ino,
    mtimeNs: before.mtimeNs,
  });
});

// Reports of users of other tools: a rename replaced files that nobody may write.
test.each([
  ['written', writeFile, { path: 'f', content: 'new' }],
  ['edited', editFile, { path: 'f', old_text: 'old', new_text: 'new' }],
  ['deleted', deleteFile, { path: 'f' }],
  ['renamed', applyPatch, { patch: 'diff --git a/f b/g\nrename from f\nrename to g\n' }],
] as const)('a read-only file is not %s', async (_what, tool, args) => {
  const context = await testContext();
  const file = join(context.workspace, 'f');
  await write(file, 'old');
  await chmod(file, 0o444);
  expect((await tool.run(args, context)).text).toContain(
    'it is read-only (mode 444); if it is meant to change, make it writable first',
  );
  expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['old', 0o444]);
});

test('keeps the mode, and a link to the file', async () => {
  const context = await testContext();
  await write(join(context.workspace, 'run.sh'), 'old');
  await chmod(join(context.workspace, 'run.sh'), 0o750);
  await symlink('run.sh', join(context.workspace, 'link'));
  expect(said(await writeFile.run({ path: 'link', content: 'new' }, context))).toBe('Replaced run.sh (3 bytes)');
  expect((await stat(join(context.workspace, 'run.sh'))).mode & 0o777).toBe(0o750);
  expect(await readFile(join(context.workspace, 'link'), 'utf8')).toBe('new');
});

test('readers see the old content or the new, never a part', async () => {
  const context = await testContext();
  const contents = ['a', 'b'].map((letter) => letter.repeat(300_000));
  const path = join(context.workspace, 'f');
  await write(path, contents[0] ?? '');
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 20; round += 1)
      await writeFile.run({ path: 'f', content: contents[round % 2] }, context);
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) seen.add(await readFile(path, 'utf8'));
  await writer;
  expect([...seen].every((content) => contents.includes(content))).toBe(true);
});

test('removes what a killed attempt left, its own at once and others when old', async () => {
  const context = await testContext({ idempotencyKey: 'k' });
  const { workspace } = context;
  // sha256('k'), as it is in the name of the file an attempt of this call writes.
  await write(join(workspace, '.everturn-write-8254c329a92850f6-0'), 'own');
  await write(join(workspace, '.everturn-write-old'), 'old');
  await utimes(join(workspace, '.everturn-write-old'), new Date(0), new Date(0));
  await write(join(workspace, '.everturn-write-fresh'), 'of a writer at work');
  await writeFile.run({ path: 'a', content: 'x' }, context);
  expect((await readdir(workspace)).toSorted()).toEqual(['.everturn-write-fresh', 'a']);
});

test('refuses folders, pipes and what leads outside', async () => {
  const context = await testContext();
  const outside = await temporaryFolder();
  makePipe(join(context.workspace, 'pipe'));
  await mkdir(join(context.workspace, 'folder'));
  await write(join(context.workspace, 'file'), '');
  await symlink(outside, join(context.workspace, 'out'));
  const text = async (path: string) => (await writeFile.run({ path, content: 'x' }, context)).text;
  expect(await text('folder')).toBe('Cannot write "folder": it is a folder, not a regular file');
  expect(await text('pipe')).toContain('it is a named pipe');
  expect(await text('file/below')).toContain('a part of the path is a file, not a folder');
  await expect(text('out/new/file')).rejects.toMatchObject({ code: 'path_outside_workspace' });
  expect(await readdir(outside)).toEqual([]);
  expect((await readdir(context.workspace)).toSorted()).toEqual(['file', 'folder', 'out', 'pipe']);
}, 3000);
