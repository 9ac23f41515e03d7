import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitDiff } from './git-diff.ts';
import { testContext } from './test-context.ts';
import type { ToolContext } from './tool.ts';

const person = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const gitIn =
  (cwd: string) =>
  (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd,
      env: { ...process.env, ...person },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

/** Two commits, and a change that is in none. */
const repository = async (): Promise<{ context: ToolContext; git: ReturnType<typeof gitIn> }> => {
  const context = await testContext();
  const git = gitIn(context.workspace);
  git('init', '-q');
  for (const text of ['one\n', 'one\ntwo\n']) {
    await writeFile(join(context.workspace, 'a.txt'), text);
    git('add', '-A');
    git('commit', '-qm', 'next');
  }
  await writeFile(join(context.workspace, 'a.txt'), 'one\ntwo\nthree\n');
  return { context, git };
};

test('shows the work tree against a commit, and two commits', async () => {
  const { context } = await repository();
  const { status, text } = await gitDiff.run({}, context);
  expect(status).toBe('ok');
  expect(text).toMatch(/^diff --git a\/a\.txt b\/a\.txt\n.*^@@ -1,2 \+1,3 @@$.*^\+three\n$/ms);
  expect((await gitDiff.run({ base: 'HEAD~1' }, context)).text).toContain('+two\n+three\n');
  const between = await gitDiff.run({ base: 'HEAD~1', head: 'HEAD' }, context);
  expect(between.text.endsWith('\n+two\n')).toBe(true);
  expect((await gitDiff.run({ base: 'HEAD', head: 'HEAD' }, context)).text).toBe('[No changes]');
});

test('names the changed files with their numbers of lines, and keeps to a path', async () => {
  const { context, git } = await repository();
  await mkdir(join(context.workspace, 'sub'));
  await writeFile(join(context.workspace, 'sub', 'ä b.txt'), 'x\n');
  git('add', '-A');
  expect((await gitDiff.run({ stat: true }, context)).text).toBe('1\t0\ta.txt\n1\t0\tsub/ä b.txt\n');
  expect((await gitDiff.run({ stat: true, path: 'sub' }, context)).text).toBe('1\t0\tsub/ä b.txt\n');
  const inside = { ...context, workspace: join(context.workspace, 'sub') };
  expect((await gitDiff.run({ stat: true }, inside)).text).toBe('1\t0\tä b.txt\n');
});

test('says what is wrong', async () => {
  const { context } = await repository();
  expect(await gitDiff.run({ base: 'nowhere' }, context)).toEqual({
    status: 'error',
    text: 'Cannot show the changes since "nowhere": there is no commit "nowhere" in this repository; give a hash, branch or tag that is there',
  });
  for (const base of ['HEAD:a.txt', 'HEAD~1..HEAD', '^HEAD', ':/next..'])
    expect((await gitDiff.run({ base }, context)).text).toContain('there is no commit');
  for (const base of ['--output=x', '-O', 'HEAD --', 'a\nb'])
    await expect(gitDiff.run({ base }, context)).rejects.toMatchObject({ code: 'tool_arguments' });
  await expect(gitDiff.run({ path: '../..' }, context)).rejects.toMatchObject({ code: 'path_outside_workspace' });
  expect((await gitDiff.run({}, await testContext())).text).toBe(
    'Cannot show the changes since "HEAD": the workspace is not in the work tree of a git repository',
  );
  expect((await gitDiff.run({}, { ...context, env: { PATH: '/nowhere' } })).text).toContain('git is not installed');
});

test('cuts a long diff at a line, and says so', async () => {
  const { context } = await repository();
  await writeFile(join(context.workspace, 'a.txt'), 'a line of some length\n'.repeat(20_000));
  const { status, text } = await gitDiff.run({}, context);
  expect(status).toBe('ok');
  expect(text.length).toBeLessThan(51_000);
  expect(text).toMatch(/\n\+a line of some length\n\[Cut after 50000 characters: .*stat, then give a path\.\]$/);
});

test('starts no program that the repository names', async () => {
  const { context, git } = await repository();
  const marks = ['fsmonitor', 'clean', 'process', 'diff', 'textconv', 'pager'].map((name) =>
    join(context.workspace, name),
  );
  const [fsmonitor, clean, odd, diff, textconv, pager] = marks.map((mark) => `touch '${mark}'; cat #`);
  git('config', 'core.fsmonitor', fsmonitor ?? '');
  git('config', 'filter.evil.clean', clean ?? '');
  git('config', 'filter.evil.required', 'true');
  git('config', 'filter.odd=name.clean', odd ?? '');
  git('config', 'diff.external', diff ?? '');
  git('config', 'diff.evil.textconv', textconv ?? '');
  git('config', 'core.pager', pager ?? '');
  await writeFile(join(context.workspace, '.gitattributes'), '*.txt filter=evil diff=evil\n*.md filter=odd=name\n');
  await writeFile(join(context.workspace, 'b.md'), 'x\n');
  expect((await gitDiff.run({}, context)).text).toContain('+three');
  expect(marks.filter((mark) => existsSync(mark))).toEqual([]);
  // The traps are set: git by itself walks into one.
  git('diff', '--no-ext-diff', '--stat');
  expect(marks.filter((mark) => existsSync(mark))).not.toEqual([]);
});
