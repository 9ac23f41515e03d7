import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { StreamEvent } from '../../contracts/events.ts';
import { streamOfSession } from '../../contracts/ids.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createListener, type Listener } from '../../store/wakeups.ts';
import { type Begun, beginStep, deltaOf } from '../../test/support/begun.ts';
import { createTestDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import { createStreamReader, type StreamReader } from './reader.ts';

let store: Store;
let listener: Listener;
let reader: StreamReader;
let reads: number;
let left: AbortController;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
  listener = createListener(store.database);
});
afterAll(async () => {
  await listener.close();
  await store.close();
});
afterEach(() => {
  left.abort();
  reader.close();
});

const openReader = (options: { hears?: boolean } = {}): void => {
  reads = 0;
  left = new AbortController();
  const readAfter: Store['streams']['readAfter'] = (wants, limit) => {
    reads += 1;
    return store.streams.readAfter(wants, limit);
  };
  const deaf = { subscribe: () => () => {} };
  reader = createStreamReader({ ...store.streams, readAfter }, options.hears === false ? deaf : listener);
};

const eventsOf = (text: string): StreamEvent[] =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((message) => JSON.parse(message.split('\ndata: ')[1] ?? '') as StreamEvent);

const tail = ({ sessionId }: Begun, after = 0, isFarBehind = false) =>
  reader.tail({ stream: streamOfSession(sessionId), after }, isFarBehind, left.signal);

/** Reads until the viewer leaves. */
const follow = (begun: Begun, after = 0, isFarBehind = false): number[] => {
  const positions: number[] = [];
  const run = async (): Promise<void> => {
    for await (const text of tail(begun, after, isFarBehind)) {
      positions.push(...eventsOf(text).map(({ position }) => position));
    }
  };
  void run();
  return positions;
};

const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index + 1);

test('200 viewers of 100 streams see everything once and in order while one of them is slow', async () => {
  openReader();
  const attempts = await Promise.all(Array.from({ length: 100 }, () => beginStep(store)));
  const [first] = attempts;
  if (!first) throw new Error('100 were begun');
  const slow = tail(first);
  await slow.next();
  const viewers = attempts.flatMap((attempt) => [follow(attempt), follow(attempt)]).slice(1);
  const batches = 30;
  for (let batch = 1; batch <= batches; batch++) {
    expect(new Set(await store.deltas.append(attempts.map((attempt) => deltaOf(attempt, batch))))).toEqual(
      new Set(['written']),
    );
    store.wakeAll(attempts.map(({ sessionId }) => sessionId));
  }
  const end = await reader.position(streamOfSession(first.sessionId));
  await until('all viewers to be at the end', () => viewers.every((positions) => positions.at(-1) === end));
  for (const positions of viewers) expect(positions).toEqual(upTo(end));
  // 199 viewers with 30 wake-ups each.
  expect(reads).toBeLessThan(100);

  const { value } = await slow.next();
  expect(eventsOf(value ?? '').map(({ position }) => position)).toEqual(upTo(end).slice(-batches));
});

test('a viewer that is far behind catches up in pages of its own while others read on', async () => {
  openReader();
  const [old, current] = [await beginStep(store), await beginStep(store)];
  for (let batch = 1; batch <= 1500; batch += 100) {
    await store.deltas.append(Array.from({ length: 100 }, (_, index) => deltaOf(old, batch + index)));
  }
  const end = await reader.position(streamOfSession(old.sessionId));
  const viewers = [follow(old, 0, true), follow(old), follow(old, end - 150), follow(old, end)];
  const other = follow(current);
  await store.deltas.append([deltaOf(current, 1), deltaOf(old, 1501)]);
  store.wakeAll([current.sessionId, old.sessionId]);
  await until('the last event', () => viewers.every((positions) => positions.at(-1) === end + 1));
  await until('the event of the other', () => other.length > 0);
  expect(viewers[0]).toEqual(upTo(end + 1));
  expect(viewers[1]).toEqual(upTo(end + 1));
  expect(viewers[2]).toEqual(upTo(end + 1).slice(-151));
  expect(viewers[3]).toEqual([end + 1]);
});

test('a lost wake-up only delays, and nothing is read while nothing changes', async () => {
  openReader({ hears: false });
  const attempts = await Promise.all([beginStep(store), beginStep(store)]);
  const viewers = attempts.map((attempt) => follow(attempt));
  await until('the first page', () => viewers.every((positions) => positions.length > 0));
  const before = reads;
  const [first] = attempts;
  if (!first) throw new Error('two were begun');
  const end = await reader.position(streamOfSession(first.sessionId));
  await store.deltas.append([deltaOf(first, 1)]);
  await until('the event', () => viewers[0]?.at(-1) === end + 1);
  expect(reads).toBe(before + 1);
});

test('a failed read ends the viewers that waited for it, and a new one starts where they were', async () => {
  left = new AbortController();
  const attempt = await beginStep(store);
  let isAway = true;
  reader = createStreamReader(
    {
      ...store.streams,
      readAfter: async (wants, limit) => {
        if (isAway) throw new Error('away');
        return await store.streams.readAfter(wants, limit);
      },
    },
    listener,
  );
  await expect(tail(attempt).next()).rejects.toThrow('away');
  isAway = false;
  const { value } = await tail(attempt).next();
  expect(eventsOf(value ?? '').map(({ position }) => position)).toEqual([1, 2, 3]);
});

test('a viewer of a session that is deleted is told so, and the others read on', async () => {
  openReader();
  const [gone, kept] = [await beginStep(store), await beginStep(store)];
  const others = follow(kept);
  const viewer = tail(gone);
  await viewer.next();
  await store.sessions.remove(gone.sessionId);
  await expect(viewer.next()).rejects.toMatchObject({ code: 'session_not_found' });
  await store.deltas.append([deltaOf(kept, 1)]);
  store.wakeAll([kept.sessionId]);
  await until('the event of the other', () => others.length > 3);
});

test('a viewer that leaves stops waiting', async () => {
  openReader();
  const attempt = await beginStep(store);
  const viewer = tail(attempt);
  await viewer.next();
  const waiting = viewer.next();
  left.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
});
