import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSource } from './secrets.ts';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'everturn-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (text: string, mode = 0o600): string => {
  count += 1;
  const file = path.join(folder, `secrets-${count}`);
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
  return file;
};

test('a file of secrets is read once and removed', () => {
  const file = fileWith('# ours\nDATABASE_URL=postgresql://u:p@h/d\nKEY="a b"\n');
  expect(readSource({ PATH: '/bin', EVERTURN_SECRETS_FILE: file })).toEqual({
    PATH: '/bin',
    DATABASE_URL: 'postgresql://u:p@h/d',
    KEY: 'a b',
  });
  expect(existsSync(file)).toBe(false);
});

test('a file that others can read, or that is none, is refused and left', () => {
  const open = fileWith('KEY=1\n', 0o644);
  expect(() => readSource({ EVERTURN_SECRETS_FILE: open })).toThrow('others may read it; give it mode 600');
  expect(existsSync(open)).toBe(true);
  expect(() => readSource({ EVERTURN_SECRETS_FILE: '/dev/zero' })).toThrow('it is not a file of variables');
  expect(() => readSource({ EVERTURN_SECRETS_FILE: path.join(folder, 'none') })).toThrow('ENOENT');
  const link = path.join(folder, 'link');
  symlinkSync(fileWith('KEY=1\n'), link);
  expect(() => readSource({ EVERTURN_SECRETS_FILE: link })).toThrow('ELOOP');
});

test('secrets from a pipe are in no environment of the process, nor of its children', async () => {
  const script = `
    import { execFileSync } from 'node:child_process';
    import { existsSync, readFileSync } from 'node:fs';
    import { readSource } from ${JSON.stringify(new URL('./secrets.ts', import.meta.url).href)};
    const { KEY } = readSource();
    const shown = existsSync('/proc/self/environ') ? readFileSync('/proc/self/environ', 'utf8') : '';
    console.log(JSON.stringify({ KEY, shown: shown.includes(KEY), child: execFileSync('env', { encoding: 'utf8' }).includes(KEY) }));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { PATH: process.env.PATH ?? '', EVERTURN_SECRETS_FD: '3' },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  (child.stdio[3] as Writable).end(JSON.stringify({ KEY: 'canary-of-the-pipe' }));
  let out = '';
  for await (const text of (child.stdout ?? []) as AsyncIterable<Buffer>) out += text;
  expect(JSON.parse(out)).toEqual({ KEY: 'canary-of-the-pipe', shown: false, child: false });
});

test.each([
  ['12 apples', 'is not a file descriptor'],
  ['2', 'is not a file descriptor'],
  ['999999', 'holds no JSON map of strings'],
])('a pipe that is none: %s', (fd, words) => {
  expect(() => readSource({ EVERTURN_SECRETS_FD: fd })).toThrow(words);
});
