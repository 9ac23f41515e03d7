import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { resolveInside } from './jail.ts';
import { temporaryFolder } from './test-context.ts';

let workspace: string;
let outside: string;
beforeEach(async () => {
  const parent = await temporaryFolder();
  workspace = join(parent, 'ws');
  outside = join(parent, 'ws-outside');
  await mkdir(workspace);
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), 'secret');
});

const refused = (path: string) => expect(resolveInside({ workspace, dataFolders: [] }, path)).rejects;
const outsideError = { code: 'path_outside_workspace' };

test('gives the real path and the one to show', async () => {
  await mkdir(join(workspace, 'src'));
  await writeFile(join(workspace, 'src/a'), '');
  await symlink('src', join(workspace, 'link'));
  const real = join(workspace, 'src/a');
  for (const path of ['src/a', './src//a', 'src/../src/a', 'link/a', real]) {
    expect(await resolveInside({ workspace, dataFolders: [] }, path)).toEqual({ real, shown: 'src/a' });
  }
  expect(await resolveInside({ workspace, dataFolders: [] }, '.')).toEqual({ real: workspace, shown: '.' });
  expect((await resolveInside({ workspace, dataFolders: [] }, '..a/new/file')).shown).toBe('..a/new/file');
});

test('refuses what leads outside, and names it', async () => {
  await refused('../ws-outside/secret').toMatchObject({
    ...outsideError,
    message: 'Cannot use path "../ws-outside/secret": it leads outside the workspace; use a path inside it',
  });
  for (const path of ['..', '/etc/passwd', '/', 'a/../../x', join(outside, 'secret'), `${workspace}-outside/secret`]) {
    await refused(path).toMatchObject(outsideError);
  }
});

test('refuses links to outside in every part of the path, also of files that do not exist', async () => {
  await symlink(join(outside, 'secret'), join(workspace, 'file'));
  await symlink('../ws-outside', join(workspace, 'folder'));
  await symlink('folder', join(workspace, 'chain'));
  await symlink(join(outside, 'new'), join(workspace, 'dangling'));
  await symlink('dangling', join(workspace, 'dangling-chain'));
  await symlink('dangling/deep', join(workspace, 'dangling-deep'));
  for (const path of [
    'file',
    'folder',
    'folder/secret',
    'folder/new',
    'folder/new/deep/er',
    'chain/secret',
    'dangling',
    'dangling/below',
    'dangling-chain',
    'dangling-deep',
  ]) {
    await refused(path).toMatchObject(outsideError);
  }
});

test('follows a dangling link that stays inside, and ends on a circle', async () => {
  await symlink('later/file', join(workspace, 'planned'));
  expect((await resolveInside({ workspace, dataFolders: [] }, 'planned')).shown).toBe('later/file');
  await symlink('b', join(workspace, 'a'));
  await symlink('a', join(workspace, 'b'));
  await refused('a/x').toMatchObject({ code: 'ELOOP' });
  await symlink('self/missing', join(workspace, 'self'));
  await refused('self').toMatchObject({ code: 'ELOOP' });
});

test('refuses a NUL byte', async () => {
  await refused('a\0b').toMatchObject({
    code: 'tool_arguments',
    message: 'Cannot use path "a\\u0000b": it has a NUL byte',
  });
});

test('is not moved by a link in place of the workspace', async () => {
  await rename(workspace, `${workspace}-moved`);
  await symlink(outside, workspace);
  await refused('secret').toMatchObject({ code: 'workspace_invalid' });
});

test('closes .everturn at every depth, apart from the workflows', async () => {
  await symlink('.everturn', join(workspace, 'alias'));
  await mkdir(join(workspace, '.everturn'));
  for (const path of ['.everturn', '.everturn/token', 'project/.everturn/data/x', 'alias/token']) {
    await refused(path).toMatchObject(outsideError);
  }
  expect((await resolveInside({ workspace, dataFolders: [] }, '.everturn/workflows/a.js')).shown).toBe(
    '.everturn/workflows/a.js',
  );
});
