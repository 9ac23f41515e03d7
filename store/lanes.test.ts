import { describe, expect, test } from 'vitest';
import { createLanes } from './lanes.ts';

const away = new Error('away');
const inLanes = () => createLanes((error) => error === away);

/** Work that ends when the test says so. */
const held = () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let hasBegun = false;
  return {
    work: () => {
      hasBegun = true;
      return promise;
    },
    hasBegun: () => hasBegun,
    resolve,
    reject,
  };
};

describe('what has one key', () => {
  test('runs one at a time, in order', async () => {
    const inLane = inLanes();
    const [a, b] = [held(), held()];
    const first = inLane('key', a.work);
    const second = inLane('key', b.work);
    await Promise.resolve();
    expect([a.hasBegun(), b.hasBegun()]).toEqual([true, false]);
    a.resolve('a');
    expect(await first).toBe('a');
    expect(b.hasBegun()).toBe(true);
    b.resolve('b');
    expect(await second).toBe('b');
  });

  test('goes on after a failure that concerns one', async () => {
    const inLane = inLanes();
    const a = held();
    const first = inLane('key', a.work);
    const second = inLane('key', async () => 'b');
    a.reject(new Error('its own'));
    await expect(first).rejects.toThrow('its own');
    expect(await second).toBe('b');
  });

  test('fails with a failure that concerns all; what comes later is tried', async () => {
    const inLane = inLanes();
    const [a, b] = [held(), held()];
    const first = inLane('key', a.work);
    const second = inLane('key', b.work);
    a.reject(away);
    await expect(first).rejects.toBe(away);
    await expect(second).rejects.toBe(away);
    expect(b.hasBegun()).toBe(false);
    expect(await inLane('key', async () => 'c')).toBe('c');
  });
});

test('what has another key does not wait', async () => {
  const inLane = inLanes();
  const a = held();
  const first = inLane('one', a.work);
  expect(await inLane('another', async () => 'b')).toBe('b');
  a.resolve('a');
  await first;
});
