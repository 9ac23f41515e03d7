import { appendFileSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makePipe } from '../activities/tools/test-context.ts';
import { namesIn, namesInSync } from './names-in.ts';
import { openLog } from './open-log.ts';
import { readBounded } from './read-bounded.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'everturn-files-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});
const at = (name: string) => path.join(folder, name);
const read = (file: string) => () => readBounded(file, { most: 1000 });

test('a regular file is read whole, up to the bound', () => {
  writeFileSync(at('a'), 'x'.repeat(1000));
  expect(read(at('a'))().length).toBe(1000);
  appendFileSync(at('a'), 'y');
  expect(read(at('a'))).toThrow('the file has 1001 bytes: expected at most 1000');
  expect(read(at('none'))).toThrow('ENOENT');
});

test('what has no end or no writer is refused at once, also behind a link', async () => {
  makePipe(at('pipe'));
  const server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  for (const [name, why] of [
    ['/dev/zero', 'a device'],
    ['/dev/random', 'a device'],
    ['/dev/tty', 'a device'],
    [at('pipe'), 'a named pipe'],
    [at('socket'), 'a socket'],
    [folder, 'a folder'],
  ] as const) {
    expect(read(name)).toThrow(`it is ${why}, not a regular file`);
    symlinkSync(name, at('link'));
    expect(read(at('link'))).toThrow(`it is ${why}, not a regular file`);
    await rm(at('link'));
  }
}, 5000);

test.runIf(process.platform === 'linux')('files of the kernel say they are regular and empty; they are refused', () => {
  for (const file of ['/proc/self/environ', '/proc/kcore', '/proc/self/maps', '/sys/kernel/uevent_seqnum'])
    expect(read(file)).toThrow(/a file of the kernel|ENOENT|EACCES/);
  symlinkSync('/proc/self/environ', at('link'));
  expect(read(at('link'))).toThrow('a file of the kernel');
});

test('10 GB without content are refused', () => {
  writeFileSync(at('sparse'), '');
  truncateSync(at('sparse'), 10_000_000_000);
  expect(read(at('sparse'))).toThrow('the file has 10000000000 bytes');
});

test('a file must really be in its folder when that is asked', () => {
  mkdirSync(at('in'));
  writeFileSync(at('secret'), 'x');
  writeFileSync(at('in/own'), 'y');
  symlinkSync('../secret', at('in/out'));
  symlinkSync('own', at('in/alias'));
  const within = at('in');
  expect(readBounded(at('in/alias'), { most: 10, within }).toString()).toBe('y');
  expect(() => readBounded(at('in/out'), { most: 10, within })).toThrow('a symbolic link that leads out of');
});

test('names of a folder are read up to a number', async () => {
  for (let index = 0; index < 2500; index += 1) writeFileSync(at(`${index}`), '');
  expect(namesInSync(folder, 1000)).toMatchObject({ isCut: true, names: { length: 1000 } });
  expect(await namesIn(folder, 1000)).toMatchObject({ isCut: true, names: { length: 1000 } });
  expect(namesInSync(folder, 2500)).toMatchObject({ isCut: false, names: { length: 2500 } });
});

test('a log is written into no other file', () => {
  writeFileSync(at('other'), '');
  symlinkSync('other', at('link.log'));
  linkSync(at('other'), at('hard.log'));
  expect(() => openLog(at('link.log'))).toThrow('ELOOP');
  expect(() => openLog(at('hard.log'))).toThrow('a second name');
  makePipe(at('pipe.log'));
  expect(() => openLog(at('pipe.log'))).toThrow('ENXIO');
});
