import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { lockHolder, takeLock } from './lock.ts';
import { identify } from './processes.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const lockFile = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'everturn-lock-'));
  folders.push(folder);
  return path.join(folder, 'lock');
};
const self = identify(process.pid);

test('the second to ask is told who has it; after the release it gets it', () => {
  const file = lockFile();
  const first = takeLock(file);
  expect(takeLock(file)).toEqual({ holder: self });
  if (first.holder === null) first.release();
  expect(lockHolder(file)).toBeNull();
  expect(takeLock(file).holder).toBeNull();
});

test.each([
  ['is gone', { pid: 2 ** 22 - 7, startedAt: '1' }],
  ['had a pid that another process has now', { pid: process.pid, startedAt: '1' }],
])('the lock of a process that %s is taken over', (_name, holder) => {
  const file = lockFile();
  writeFileSync(file, JSON.stringify(holder));
  expect(takeLock(file).holder).toBeNull();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(self);
  expect(readdirSync(path.dirname(file))).toEqual(['lock']);
});

test('a lock file cut off in the middle of its writing is taken over', () => {
  const file = lockFile();
  writeFileSync(file, '{"pid":');
  expect(takeLock(file).holder).toBeNull();
});

test('of many that find a stale lock at once, one gets it', async () => {
  const file = lockFile();
  writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: '1' }));
  // Each holds what it got until all have asked.
  const program = `import { takeLock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.ts'))};
    const { holder } = takeLock(process.argv[1]);
    process.stdout.write(holder === null ? 'got' : 'refused');
    process.stdin.on('end', () => process.exit()).resume();`;
  const contenders = Array.from({ length: 6 }, () => {
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, file]);
    const said = new Promise<void>((resolve) => run.child.stdout?.once('data', () => resolve()));
    return { run, said };
  });
  await Promise.all(contenders.map(({ said }) => said));
  for (const { run } of contenders) run.child.stdin?.end();
  const outcomes = await Promise.all(contenders.map(async ({ run }) => (await run).stdout));
  expect(outcomes.toSorted()).toEqual(['got', 'refused', 'refused', 'refused', 'refused', 'refused']);
});
