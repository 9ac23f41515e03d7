import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startErrnoOf } from './start-errno.ts';

const refused = Object.assign(new Error('spawn EACCES'), { code: 'EACCES' });

test('a program that is nowhere on PATH is missing, though a folder of PATH may not be searched', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'everturn-path-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, 'there'), '');
  await chmod(path.join(folder, 'there'), 0o644);
  const searched = `/nowhere:${folder}`;
  expect(startErrnoOf('missing', refused, searched)).toBe('ENOENT');
  expect(startErrnoOf('there', refused, searched)).toBe('EACCES');
  expect(startErrnoOf('./there', refused, searched)).toBe('EACCES');
  expect(startErrnoOf('x', Object.assign(new Error(), { code: 'E2BIG' }), searched)).toBe('E2BIG');
});
