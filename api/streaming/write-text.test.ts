import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { writeText } from './write-text.ts';

/** A viewer that takes nothing until it is told to. */
const openSlow = () => {
  const { promise: taken, resolve: take } = Promise.withResolvers<void>();
  const response = new Writable({
    highWaterMark: 10,
    write: (_chunk, _encoding, done) => void taken.then(() => done()),
  });
  return { response, take };
};

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let isSettled = false;
  void promise.then(() => {
    isSettled = true;
  });
  await new Promise((done) => setImmediate(done));
  return isSettled;
};

test('waits until a slow viewer has taken the text', async () => {
  const { response, take } = openSlow();
  const written = writeText(response, 'x'.repeat(100), new AbortController().signal);
  expect(await settled(written)).toBe(false);
  take();
  await written;
  expect(response.listenerCount('drain')).toBe(0);
});

test('waits no longer when the viewer leaves, and then writes nothing', async () => {
  const { response } = openSlow();
  const left = new AbortController();
  const written = writeText(response, 'x'.repeat(100), left.signal);
  left.abort();
  await written;
  expect(response.listenerCount('drain')).toBe(0);
  await writeText(response, 'more', left.signal);
  expect(response.writableLength).toBe(100);
});
