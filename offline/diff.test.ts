import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { addedLines, changedFiles, hasDiff, withoutDiffs } from './diff.ts';

/** A repository with one commit, and what differs since. */
const repository = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'offline-diff-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '-q');
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
  await writeFile(join(folder, 'a.txt'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'gone.txt'), 'x\n');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  const changed = lines.toSpliced(2, 1, '+++ b/not-a-file', '@@ -1 +1 @@').toSpliced(30, 0, 'between');
  await writeFile(join(folder, 'a.txt'), changed.join('\n'));
  await rm(join(folder, 'gone.txt'));
  await writeFile(join(folder, 'new file.ts'), 'const a = 1;\n');
  git('add', '-A');
  return { git, changed };
};

it('gives each added line its place in the new file, whatever the line says', async () => {
  const { git, changed } = await repository();
  const added = addedLines(`${git('diff', 'HEAD')}[Cut after 50000 characters]`);
  const inText = added.filter(({ path }) => path === 'a.txt');
  expect(inText.map(({ text }) => text)).toEqual(['+++ b/not-a-file', '@@ -1 +1 @@', 'between', 'line 40']);
  for (const { line, text } of inText) expect(changed[line - 1]).toBe(text);
  expect(added).toContainEqual({ path: 'new file.ts', line: 1, text: 'const a = 1;' });
  expect(added.some(({ path }) => path === 'gone.txt')).toBe(false);
});

it('lists the files of a stat, a numstat and a diff', async () => {
  const { git } = await repository();
  const expected = [
    { path: 'a.txt', added: 4 },
    { path: 'new file.ts', added: 1 },
  ];
  for (const flag of ['--stat', '--numstat', '--patch']) {
    expect(changedFiles(git('diff', flag, 'HEAD')).filter(({ path }) => path !== 'gone.txt')).toMatchObject(expected);
  }
  expect(changedFiles('1\t2\tsrc/{old => new}/a.ts\n-\t-\tx.png\n3\t0\ta => b')).toEqual([
    { path: 'src/new/a.ts', added: 1, removed: 2 },
    { path: 'x.png', added: 0, removed: 0 },
    { path: 'b', added: 3, removed: 0 },
  ]);
});

it('tells what a text says beside the diff in it', async () => {
  const { git } = await repository();
  const text = `Review this.\n\n${git('diff', 'HEAD')}[Cut after 50000 characters]\n\nEye: tests`;
  expect(hasDiff(text)).toBe(true);
  expect(withoutDiffs(text).split(/\n+/)).toEqual(['Review this.', '[Cut after 50000 characters]', 'Eye: tests']);
  expect(hasDiff('a list:\n--- \n+++ more')).toBe(false);
});
