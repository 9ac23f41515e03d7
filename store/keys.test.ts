import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import type { NewMark, Pause } from './keys.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());
beforeEach(async () => {
  for (const { key } of await store.keys.marks()) await store.keys.clear(key);
});

const mark = (changes: Partial<NewMark> = {}): NewMark => ({
  key: 'a',
  fingerprint: 'f1',
  model: null,
  reason: 'rate_limit',
  code: 'model_rate_limited',
  status: 429,
  asked: 'm',
  said: 'slow down',
  ...changes,
});
const growing: Pause = { toldMs: null, firstMs: 10_000, maxMs: 60_000 };
const told = (toldMs: number): Pause => ({ ...growing, toldMs });
const seconds = ({ leftMs }: { leftMs: number }): number => Math.round(leftMs / 1000);

test('the pause grows with failures in a row, up to its limit', async () => {
  const lefts: number[] = [];
  for (let failure = 0; failure < 5; failure++) lefts.push(seconds(await store.keys.mark(mark(), growing, 0)));
  expect(lefts).toEqual([10, 20, 40, 60, 60]);
  expect(await store.keys.marks()).toMatchObject([{ failures: 5, isTold: false }]);
});

test('a hundred requests that fail at once count as one failure, and the longest wait that one of them is told holds', async () => {
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => store.keys.mark(mark(), index === 50 ? told(30_000) : growing, 60_000)),
  );
  const [only] = await store.keys.marks();
  expect([only?.failures, only?.isTold, seconds(only ?? { leftMs: 0 })]).toEqual([1, true, 30]);
});

test('a provider that asks for no wait is believed once', async () => {
  expect(seconds(await store.keys.mark(mark(), told(0), 0))).toBe(0);
  expect(seconds(await store.keys.mark(mark(), told(0), 0))).toBe(20);
  expect(seconds(await store.keys.mark(mark(), told(5000), 0))).toBe(5);
});

test('a failure for another reason begins anew', async () => {
  await store.keys.mark(mark(), growing, 0);
  await store.keys.mark(mark(), growing, 0);
  expect((await store.keys.mark(mark({ reason: 'unauthorized' }), growing, 0)).failures).toBe(1);
});

test('an answer removes marks that were there when it was asked for, of its model and of the whole key alone', async () => {
  await store.keys.mark(mark(), growing, 0);
  await store.keys.mark(mark({ model: 'm' }), growing, 0);
  await store.keys.mark(mark({ model: 'other' }), growing, 0);
  await store.keys.answered('a', 'm', 60_000);
  expect(await store.keys.marks()).toHaveLength(3);
  await store.keys.answered('a', 'm', 0);
  expect((await store.keys.marks()).map(({ model }) => model)).toEqual(['other']);
});

test('another secret under the same name has no mark and begins anew', async () => {
  await store.keys.mark(mark(), growing, 0);
  await store.keys.mark(mark(), growing, 0);
  expect((await store.keys.mark(mark({ fingerprint: 'f2' }), growing, 0)).failures).toBe(1);
  await store.keys.forgetOthers([{ name: 'a', fingerprint: 'f2' }]);
  expect(await store.keys.marks()).toHaveLength(1);
  await store.keys.forgetOthers([{ name: 'a', fingerprint: 'f3' }]);
  expect(await store.keys.marks()).toEqual([]);
});
