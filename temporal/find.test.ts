import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findTemporal } from './find.ts';
import { builtBinary } from './pinned.ts';

let folder: string;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'everturn-find-'));
  lines = [];
  mkdirSync(path.join(folder, 'bin'));
  vi.stubEnv('EVERTURN_CACHE', path.join(folder, 'cache'));
  vi.stubEnv('PATH', path.join(folder, 'bin'));
  // No machine that runs the tests is to fetch 60 MB: nobody listens there.
  for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const program = (file: string, script: string): string => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

const onPath = (name: string, script: string): string => program(path.join(folder, 'bin', name), script);
const find = () => findTemporal({ progress: (line) => lines.push(line) });

test('the one on PATH goes first', async () => {
  program(builtBinary(), 'exit 1');
  const file = onPath('temporal', 'echo " --ui-disable-news-fetch"');
  expect(await find()).toEqual({ path: file, source: 'path' });
});

test('one on PATH that is too old is passed over, which is told', async () => {
  const old = onPath('temporal', 'echo " --ui-port"');
  const cached = program(builtBinary(), 'exit 1');
  expect(await find()).toEqual({ path: cached, source: 'cache' });
  expect(lines).toEqual([
    `not using Temporal on PATH: ${old} is too old (its server does not know --ui-disable-news-fetch): upgrade it`,
  ]);
});

test('without a network it is built with Go, into the cache', async () => {
  // Stands for the compiler: it writes the file named after -o, as "go build" does.
  onPath('go', 'while [ "$1" != -o ]; do shift; done\necho compiled >&2\n/bin/echo binary > "$2"\n/bin/chmod 755 "$2"');
  expect(await find()).toEqual({ path: builtBinary(), source: 'build' });
  expect(lines.some((line) => line.startsWith('building Temporal with Go'))).toBe(true);
  expect(await find()).toEqual({ path: builtBinary(), source: 'cache' });
});

test('two starts at once build once', async () => {
  const count = path.join(folder, 'count');
  onPath(
    'go',
    `echo built >> ${count}\nwhile [ "$1" != -o ]; do shift; done\n/bin/echo binary > "$2"\n/bin/chmod 755 "$2"`,
  );
  const found = await Promise.all([find(), find()]);
  expect(found.map(({ path: file }) => file)).toEqual([builtBinary(), builtBinary()]);
  expect(readFileSync(count, 'utf8')).toBe('built\n');
});

test('a build that is told to stop stops', async () => {
  const stop = new AbortController();
  const building = path.join(folder, 'building');
  onPath('go', `echo on > ${building}\nexec /bin/sleep 60`);
  const found = findTemporal({ progress: () => undefined, signal: stop.signal });
  await vi.waitUntil(() => existsSync(building), { timeout: 60_000 });
  stop.abort();
  await expect(found).rejects.toThrow(/abort/i);
});

test('with nothing at all, the error says what was tried and what to do', async () => {
  await expect(find()).rejects.toMatchObject({
    code: 'temporal_missing',
    message: expect.stringMatching(
      /^Cannot find, fetch or build Temporal [\d.]+: there is no "temporal" on PATH; there is no .*; the download failed \(.+\); the build failed \(Go, which would build it, is not on PATH\)\. Install the Temporal CLI/,
    ),
  });
});
