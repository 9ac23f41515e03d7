import { statfsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryDisk, networkDisk } from './disks.ts';

const onLinux = test.runIf(process.platform === 'linux');

onLinux.each([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  // As a signed number of 32 bits, which some platforms give.
  [0xff534d42 | 0, 'CIFS'],
  [0xef53, null],
])('the file system %d', (type, name) => {
  expect(networkDisk(type)).toBe(name);
});

onLinux('/proc is neither on a network nor in memory', () => {
  const { type } = statfsSync('/proc');
  expect([networkDisk(type), memoryDisk(type)]).toEqual([null, false]);
});
