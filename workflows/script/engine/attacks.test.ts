import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Attack, attackGroups } from '../../../test/support/attacks.ts';
import { play } from '../../../test/support/play-script.ts';

const rows: string[] = [];
const print = (name: string, ended: string, memory: string, ms: string): string =>
  `${name.slice(0, 60).padEnd(61)}${ended.padEnd(16)}${memory.padStart(5)}${ms.padStart(8)}`;

const tryAttack = async (group: string, { name, body, ends, args, limits }: Attack): Promise<void> => {
  const begun = performance.now();
  const { ending, memoryBytes } = await play(body, { args, file: 'attack.js', ...(limits ? { limits } : {}) });
  const ms = performance.now() - begun;
  const code = ending.status === 'failed' ? ending.code : 'completed';
  rows.push(print(`${group}: ${name}`, code, String(Math.round(memoryBytes / 2 ** 20)), String(Math.round(ms))));
  expect(`${code}: ${ending.status === 'failed' ? ending.reason : ending.result}`).toMatch(ends);
  expect(memoryBytes).toBeLessThanOrEqual(64 * 2 ** 20);
};

beforeEach(() => {
  for (const method of ['error', 'warn', 'log'] as const) vi.spyOn(console, method);
  vi.spyOn(process.stderr, 'write');
});
afterEach(() => {
  expect(console.error).not.toHaveBeenCalled();
  expect(console.warn).not.toHaveBeenCalled();
  expect(console.log).not.toHaveBeenCalled();
  expect(process.stderr.write).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
afterAll(() => {
  process.stdout.write(`\n${[print('attack', 'ended as', 'MB', 'ms'), ...rows].join('\n')}\n`);
});

describe.each(Object.entries(attackGroups))('%s', (group, attacks) => {
  test.each<Attack>(attacks)('$name', async (attack) => tryAttack(group, attack));
});
