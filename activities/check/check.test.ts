import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AutoFixSettings, autoFixIn } from '../../contracts/auto-fix.ts';
import { makePipe, testContext } from '../tools/test-context.ts';
import { findCheck } from './find-check.ts';
import { capped, runCheck } from './run-check.ts';

const withFiles = async (files: Record<string, string>) => {
  const context = await testContext();
  for (const [name, content] of Object.entries(files)) await writeFile(join(context.workspace, name), content);
  return context;
};

const scripts = (...names: string[]) =>
  JSON.stringify({ scripts: Object.fromEntries(names.map((name) => [name, 'true'])) });

test.each([
  [{}, null],
  [{ 'package.json': '{' }, null],
  [{ 'package.json': '[]' }, null],
  [{ 'package.json': scripts('test') }, null],
  [{ 'package.json': '{"scripts": {"build": 1}}' }, null],
  [{ 'package.json': scripts('typecheck', 'compile') }, 'npm run compile'],
  [{ 'package.json': scripts('typecheck', 'build'), 'pnpm-lock.yaml': '' }, 'pnpm run build'],
  [{ 'package.json': scripts('typecheck'), 'yarn.lock': '' }, 'yarn run typecheck'],
  [{ 'package.json': scripts('build'), 'bun.lock': '' }, 'bun run build'],
  [{ 'package.json': scripts('build'), 'package-lock.json': '{}' }, 'npm run build'],
])('the check of %j is %s', async (files, command) => {
  expect((await findCheck(await withFiles(files)))?.join(' ') ?? null).toBe(command);
});

test('a package.json that is a pipe is none', async () => {
  const context = await testContext();
  makePipe(join(context.workspace, 'package.json'));
  expect(await findCheck(context)).toBeNull();
}, 3000);

test('of long output the beginning and the end are kept, 8,000 characters', () => {
  const text = capped(`${'a'.repeat(5000)}${'b'.repeat(20_000)}`);
  expect(text.length).toBeLessThan(8100);
  expect(text).toMatch(/^a{3000}\n\[17000 characters left out\]\nb{5000}$/);
});

test('ends in words: passed, failed, too slow, not there; a cancel ends it', async () => {
  const context = await testContext();
  const run = (command: [string, ...string[]], more = {}) =>
    runCheck(command, { ...context, key: 'k', seconds: 30, ...more });
  expect(await run(['true'])).toMatchObject({ status: 'ok', output: '' });
  expect(await run(['sh', '-c', 'echo broken; exit 3'])).toMatchObject({ status: 'failed', output: 'broken\n' });
  expect(await run(['sleep', '30'], { seconds: 0.2 })).toMatchObject({ status: 'timed_out' });
  expect(await run(['no-such-program'])).toMatchObject({
    status: 'failed',
    output: 'command not found: no-such-program',
  });
  const stop = new AbortController();
  const running = run(['sleep', '30'], { signal: stop.signal });
  stop.abort(new Error('cancelled'));
  await expect(running).rejects.toThrow('cancelled');
});

test('a workspace may have settings of its own', () => {
  const settings = AutoFixSettings.parse({ mode: 'on', command: ['make'], workspaces: { '/w': { mode: 'off' } } });
  expect(autoFixIn(settings, '/w')).toMatchObject({ mode: 'off', command: ['make'] });
  expect(autoFixIn(settings, '/other')).toMatchObject({ mode: 'on', rounds: 3, seconds: 60 });
});
