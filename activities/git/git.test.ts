import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { closeWorktree, openWorktree } from '../script/worktree.ts';
import { gitDiff } from '../tools/git-diff.ts';
import { makePipe, temporaryFolder, testContext } from '../tools/test-context.ts';
import type { ToolContext } from '../tools/tool.ts';

const gitIn =
  (cwd: string) =>
  (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

let context: ToolContext;
let git: ReturnType<typeof gitIn>;
/** Another repository, with a secret. */
let other: string;
let otherHead: string;
const at = (name: string) => join(context.workspace, name);
const diff = async (args: Record<string, unknown> = {}): Promise<string> => (await gitDiff.run(args, context)).text;

beforeEach(async () => {
  context = await testContext();
  other = await temporaryFolder();
  for (const [folder, content] of [
    [context.workspace, 'own'],
    [other, 'canary'],
  ] as const) {
    const run = gitIn(folder);
    run('init', '-q');
    await writeFile(join(folder, 'a.txt'), `${content} 1\n`);
    run('add', '-A');
    run('commit', '-qm', 'one');
    await writeFile(join(folder, 'a.txt'), `${content} 2\n`);
    run('commit', '-qam', 'two');
    await writeFile(join(folder, 'a.txt'), `${content} 3\n`);
  }
  git = gitIn(context.workspace);
  otherHead = gitIn(other)('rev-parse', 'HEAD');
});

/** Everything that a repository can name for git to start; each leaves a mark. */
const setTraps = async (): Promise<string> => {
  const marks = await temporaryFolder();
  const trap = (name: string) => `touch '${join(marks, name)}'; cat #`;
  for (const driver of ['evil', 'odd=name', 'a.b']) {
    for (const kind of ['smudge', 'clean', 'process']) git('config', `filter.${driver}.${kind}`, trap(kind));
    git('config', `filter.${driver}.required`, 'true');
    git('config', `diff.${driver}.textconv`, trap('textconv'));
    git('config', `diff.${driver}.command`, trap('command'));
    git('config', `merge.${driver}.driver`, trap('merge'));
  }
  for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.editor', 'core.askPass', 'diff.external'])
    git('config', key, trap(key));
  for (const key of ['gpg.program', 'credential.helper', 'uploadpack.packObjectsHook', 'core.alternateRefsCommand'])
    git('config', key, trap(key));
  for (const alias of ['diff', 'status', 'read-tree', 'rev-parse'])
    git('config', `alias.${alias}`, `!${trap('alias')}`);
  git('config', 'log.showSignature', 'true');
  const hooks = at('hooks');
  await mkdir(hooks);
  for (const name of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-commit']) {
    for (const folder of [hooks, at('.git/hooks')]) {
      await writeFile(join(folder, name), `#!/bin/sh\ntouch '${join(marks, name)}'\n`);
      chmodSync(join(folder, name), 0o755);
    }
  }
  git('config', 'core.hooksPath', hooks);
  await writeFile(
    at('.git/more'),
    `[filter "included"]\n\tsmudge = ${trap('included')}\n\tclean = ${trap('included')}\n`,
  );
  git('config', 'include.path', at('.git/more'));
  git('config', `includeIf.gitdir:${context.workspace}/.path`, at('.git/more'));
  const attributes =
    '*.txt filter=evil diff=evil merge=evil\n*.md filter=odd=name\n*.c filter=a.b\n*.d filter=included\n';
  await writeFile(at('.gitattributes'), attributes);
  await writeFile(at('.git/info/attributes'), attributes);
  for (const name of ['b.md', 'b.c', 'b.d']) await writeFile(at(name), 'x\n');
  return marks;
};

test('no program that the repository names runs for a diff or a worktree', async () => {
  const marks = await setTraps();
  for (const key of ['filter.evil', 'core.fsmonitor', 'core.hooksPath'])
    expect(git('config', '--get-regexp', key)).not.toBe('');
  expect(await diff()).toContain('own 3');
  expect(await diff({ base: 'HEAD~1', head: 'HEAD' })).toContain('own 2');
  const options = { workspace: context.workspace, name: 'one', env: context.env };
  const folder = await openWorktree(options);
  expect(await openWorktree(options)).toBe(folder);
  expect(readdirSync(folder)).toContain('a.txt');
  expect(await closeWorktree(options)).toBeNull();
  expect(existsSync(folder)).toBe(false);
  expect(readdirSync(marks)).toEqual([]);
  // The traps are set: git by itself walks into them.
  expect(() => git('worktree', 'add', '-f', join(marks, 'tree'))).not.toThrow(/unknown/);
  expect(readdirSync(marks).filter((name) => name !== 'tree')).not.toEqual([]);
});

test('a worktree is one for git, and is kept when its agent changed, committed or cut it loose', async () => {
  const open = async (name: string) => {
    const options = { workspace: context.workspace, name, env: context.env };
    return { options, folder: await openWorktree(options) };
  };
  const changed = await open('changed');
  expect(git('worktree', 'list')).toContain(changed.folder);
  expect(gitIn(changed.folder)('status', '--porcelain')).toBe('');
  await writeFile(join(changed.folder, 'new'), '');
  expect(await closeWorktree(changed.options)).toBe(changed.folder);
  const committed = await open('committed');
  await writeFile(join(committed.folder, 'a.txt'), 'committed');
  gitIn(committed.folder)('commit', '-qam', 'x');
  expect(await closeWorktree(committed.options)).toBe(committed.folder);
  const loose = await open('loose');
  await writeFile(join(loose.folder, '.git'), `gitdir: ${join(other, '.git')}\n`);
  expect(await closeWorktree(loose.options)).toBe(loose.folder);
});

test('another repository is shown by no .git, link, common folder or borrowed objects', async () => {
  const own = at('.git');
  const aside = at('.aside');
  await rename(own, aside);
  const canary = async () => {
    for (const args of [{}, { base: otherHead, head: `${otherHead}~1` }, { base: 'HEAD~1' }])
      expect(await diff(args)).toMatch(/Cannot show the changes (?!.*canary)/);
  };
  await writeFile(own, `gitdir: ${join(other, '.git')}\n`);
  await canary();
  await rm(own);
  await symlink(join(other, '.git'), own);
  await canary();
  await rm(own);
  // A worktree of the other one, taken over.
  const taken = join(await temporaryFolder(), 'taken');
  gitIn(other)('worktree', 'add', '-q', taken);
  await writeFile(own, `gitdir: ${join(other, '.git', 'worktrees', 'taken')}\n`);
  await canary();
  await rm(own);
  await rename(aside, own);
  await writeFile(join(own, 'commondir'), `${join(other, '.git')}\n`);
  await canary();
  await rm(join(own, 'commondir'));
  await writeFile(join(own, 'objects/info/alternates'), `${join(other, '.git/objects')}\n`);
  await canary();
  await rm(join(own, 'objects/info/alternates'));
  for (const name of ['objects', 'refs']) {
    await rename(join(own, name), join(own, `${name}.aside`));
    await symlink(join(other, '.git', name), join(own, name));
    await canary();
    await rm(join(own, name));
    await rename(join(own, `${name}.aside`), join(own, name));
  }
  // One branch, and the one folder of objects or pack that it is in.
  await symlink(
    join(other, '.git/refs/heads', gitIn(other)('branch', '--show-current')),
    join(own, 'refs/heads/theirs'),
  );
  await canary();
  await rm(join(own, 'refs/heads/theirs'));
  const objects = join(own, 'objects', otherHead.slice(0, 2));
  if (existsSync(objects)) await rename(objects, at('.objects'));
  await symlink(join(other, '.git/objects', otherHead.slice(0, 2)), objects);
  await canary();
  await rm(objects);
  if (existsSync(at('.objects'))) await rename(at('.objects'), objects);
  makePipe(join(own, 'refs/heads/waits'));
  await canary();
  await rm(join(own, 'refs/heads/waits'));
  git('config', 'core.worktree', other);
  expect(await diff()).toContain('own 3');
});

test('worktrees and submodules that their repository names as its own are shown', async () => {
  const tree = join(await temporaryFolder(), 'tree');
  git('worktree', 'add', '-q', tree);
  await writeFile(join(tree, 'a.txt'), 'in the worktree\n');
  context = { ...context, workspace: tree };
  expect(await diff()).toContain('+in the worktree');
  const whole = await temporaryFolder();
  const outer = gitIn(whole);
  outer('init', '-q');
  outer('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', other, 'sub');
  await writeFile(join(whole, 'sub', 'a.txt'), 'in the submodule\n');
  context = { ...context, workspace: join(whole, 'sub') };
  expect(await diff()).toContain('+in the submodule');
});

test('a folder that looks like a bare repository is none, and what git would wait for is refused', async () => {
  const bare = join(await temporaryFolder(), 'bare');
  gitIn(other)('clone', '-q', '--bare', '.', bare);
  context = { ...context, workspace: bare };
  expect(await diff({ base: 'HEAD~1', head: 'HEAD' })).toContain('not in the work tree of a git repository');
  context = { ...context, workspace: await temporaryFolder() };
  await mkdir(at('.git/objects'), { recursive: true });
  await mkdir(at('.git/refs'));
  makePipe(at('.git/HEAD'));
  expect(await diff()).toContain('not a regular file');
  await rm(at('.git/HEAD'));
  await writeFile(at('.git/HEAD'), 'ref: refs/heads/main\n');
  await symlink('/dev/zero', at('.git/index'));
  expect(await diff()).toContain('not a regular file');
});

test('a program called git in the repository is not run, however it comes into PATH', async () => {
  const bin = at('node_modules/.bin');
  await mkdir(bin, { recursive: true });
  for (const file of [join(bin, 'git'), at('git')]) {
    await writeFile(file, `#!/bin/sh\ntouch '${at('mark')}'\n`);
    chmodSync(file, 0o755);
  }
  context = { ...context, env: { PATH: `${bin}:.::${context.workspace}:${context.env.PATH}` } };
  expect(await diff()).toContain('own 3');
  expect(existsSync(at('mark'))).toBe(false);
});
