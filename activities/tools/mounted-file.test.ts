import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmod, chown, copyFile, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { editFile } from './edit-file.ts';
import { said, temporaryFolder, testContext } from './test-context.ts';
import { writeFile as writeTool } from './write-file.ts';

const mayMount =
  process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0 && process.getuid?.() === 0;

const mount = (...args: string[]): void => {
  execFileSync('mount', args);
  const point = args.at(-1) ?? '';
  if (!args.includes('remount,ro,bind')) onTestFinished(() => void spawnSync('umount', [point]));
};

const open = async () => {
  const context = await testContext();
  const outside = await temporaryFolder();
  const at = (name: string): string => join(context.workspace, name);
  return {
    context,
    outside,
    at,
    write: async (path: string, content: string) => said(await writeTool.run({ path, content }, context)),
    edit: async (path: string, old_text: string, new_text: string) =>
      said(await editFile.run({ path, old_text, new_text }, context)),
  };
};

test.runIf(mayMount)('a file that is a mount is written in place, longer and shorter', async () => {
  const { context, outside, at, write, edit } = await open();
  await writeFile(join(outside, 'f'), 'one\ntwo\n');
  await chmod(join(outside, 'f'), 0o640);
  await writeFile(at('f'), '');
  mount('--bind', join(outside, 'f'), at('f'));
  const { ino } = await stat(at('f'));
  expect(await edit('f', 'two', 'two and a half')).toBe('Edited f at line 2');
  expect(await write('f', 'short')).toBe('Replaced f (5 bytes)');
  expect(await readFile(join(outside, 'f'), 'utf8')).toBe('short');
  expect(await stat(at('f'))).toMatchObject({ ino, mode: 0o100640 });
  expect(await readdir(context.workspace)).toEqual(['f']);
});

test.runIf(mayMount)('a mount that cannot be written says why, and names nothing of ours', async () => {
  const { outside, at, write, edit } = await open();
  await writeFile(join(outside, 'f'), 'one');
  await writeFile(at('f'), '');
  mount('--bind', join(outside, 'f'), at('f'));
  mount('-o', 'remount,ro,bind', at('f'));
  expect(await edit('f', 'one', 'two')).toBe('Cannot edit "f": the file system is read-only (EROFS)');
  await mkdir(at('d'));
  mount('-t', 'tmpfs', '-o', 'ro', 'tmpfs', at('d'));
  expect(await write('d/new', 'x')).toBe('Cannot write "d/new": the file system is read-only (EROFS)');
  expect(await readFile(join(outside, 'f'), 'utf8')).toBe('one');
});

test.runIf(mayMount)('a file that may be written in a folder that may not', async () => {
  const { outside, at, write } = await open();
  await writeFile(join(outside, 'f'), 'old');
  await mkdir(at('d'));
  await writeFile(at('d/f'), '');
  mount('--bind', at('d'), at('d'));
  mount('--bind', join(outside, 'f'), at('d/f'));
  execFileSync('mount', ['-o', 'remount,ro,bind', at('d')]);
  expect(await write('d/f', 'new')).toBe('Replaced d/f (3 bytes)');
  expect(await readFile(join(outside, 'f'), 'utf8')).toBe('new');
});

test.runIf(mayMount)('a full disk under a mount leaves what was there', async () => {
  const { outside, at, write } = await open();
  mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', outside);
  await writeFile(join(outside, 'f'), 'old');
  await writeFile(at('f'), '');
  mount('--bind', join(outside, 'f'), at('f'));
  expect(await write('f', 'x'.repeat(200_000))).toBe('Cannot write "f": the disk is full (ENOSPC)');
  expect(await readFile(join(outside, 'f'), 'utf8')).toBe('old');
});

test.runIf(mayMount)('a mount of what the stack keeps for itself stays closed', async () => {
  const { context, at } = await open();
  await mkdir(at('.everturn'));
  await writeFile(at('.everturn/token'), 'secret');
  await writeFile(at('f'), '');
  mount('--bind', at('.everturn/token'), at('f'));
  const closed = { ...context, dataFolders: [at('.everturn')] };
  await expect(writeTool.run({ path: 'f', content: 'x' }, closed)).rejects.toMatchObject({
    code: 'path_outside_workspace',
  });
  expect(await readFile(at('.everturn/token'), 'utf8')).toBe('secret');
});

test('a hard link keeps its other names as they were, and says so', async () => {
  const { outside, at, write, edit } = await open();
  await writeFile(join(outside, 'other'), 'one');
  await link(join(outside, 'other'), at('f'));
  expect(await edit('f', 'one', 'two')).toBe(
    'Edited f at line 1. It had other names (hard links), which keep the old content',
  );
  expect(await readFile(join(outside, 'other'), 'utf8')).toBe('one');
  await link(at('f'), at('g'));
  expect(await write('g', 'x')).toContain('hard links');
  expect(await write('g', 'y')).toBe('Replaced g (1 byte)');
});

test('a symbolic link stays one, to a file that has the new content, its mode and its owner', async () => {
  const { at, edit } = await open();
  await writeFile(at('f'), 'one');
  await chmod(at('f'), 0o604);
  if (process.getuid?.() === 0) await chown(at('f'), 1234, 1235);
  await symlink('f', at('link'));
  const before = await stat(at('f'));
  expect(await edit('link', 'one', 'two')).toBe('Edited f at line 1');
  expect(await readFile(at('link'), 'utf8')).toBe('two');
  const { mode, uid, gid } = await stat(at('f'));
  expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
});

test('a program that runs is replaced, or in place refused with a reason', async () => {
  const { at, outside, write } = await open();
  await copyFile('/bin/sleep', at('program'));
  const child = spawn(at('program'), ['60']);
  onTestFinished(() => void child.kill());
  await new Promise((resolve) => child.once('spawn', resolve));
  if (mayMount) {
    await writeFile(join(outside, 'point'), '');
    await writeFile(at('mounted'), '');
    mount('--bind', at('program'), at('mounted'));
    expect(await write('mounted', 'x')).toBe('Cannot write "mounted": the file is a program that is running (ETXTBSY)');
  }
  expect(await write('program', 'x')).toMatch(/^Replaced program/);
});
