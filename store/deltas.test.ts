import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Begun, beginAgain, beginStep, deltaOf, streamedText } from '../test/support/begun.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { openStore, type Store } from './store.ts';

let store: Store;
let other: Store;
beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  store = openStore({ url, patienceMs: 5000 });
  other = openStore({ url, patienceMs: 5000 });
});
afterAll(async () => {
  await store.close();
  await other.close();
});

const beginMany = (count: number): Promise<Begun[]> =>
  Promise.all(Array.from({ length: count }, () => beginStep(store)));

/** A transaction that holds the rows of these streams, locked one after the other, until it is let go. */
const hold = async (...begun: Begun[]) => {
  const client = await store.database.connect();
  await client.query('BEGIN');
  const lock = ({ sessionId }: Begun) => client.query('SELECT lock_session($1)', [sessionId]);
  for (const one of begun) await lock(one);
  return {
    lock,
    async letGo() {
      await client.query('COMMIT');
      await client.end();
    },
  };
};

test('groups of two writers over the same streams in opposite orders: no deadlock, every delta once and in order', async () => {
  const steps = await beginMany(20);
  const calls = await Promise.all(
    steps.map((step) => beginAgain(store, { ...step, operation: { ...step.operation, call: 0 } })),
  );
  const batches = 40;
  const writeAll = async (by: Store, attempts: Begun[]): Promise<void> => {
    for (let batch = 1; batch <= batches; batch++) {
      let open = attempts.map((attempt) => deltaOf(attempt, batch));
      while (open.length > 0) {
        const outcomes = await by.deltas.append(open);
        expect(outcomes).not.toContain('lost');
        open = open.filter((_, index) => outcomes[index] === 'busy');
      }
    }
  };
  await Promise.all([writeAll(store, steps), writeAll(other, calls.toReversed())]);
  const expected = Array.from({ length: batches }, (_, index) => `${index + 1} `).join('');
  for (const step of steps) {
    expect(await streamedText(store, step)).toBe(expected + expected);
    const events = await store.streams.read(step.sessionId, 0, 1000);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
  }
});

test('a stream that another transaction holds is busy; the group neither waits for it nor fails', async () => {
  const group = await beginMany(3);
  const [first, second, third] = group.toSorted((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
  if (!first || !second || !third) throw new Error('three were begun');
  const deltas = [first, second, third].map((attempt) => deltaOf(attempt, 1));
  const holder = await hold(third);
  expect(await store.deltas.append(deltas)).toEqual(['written', 'written', 'busy']);
  // Against the order of groups, as functions do that lock a parent before its child.
  await holder.lock(first);
  expect(await store.deltas.append(deltas)).toEqual(['busy', 'written', 'busy']);
  await holder.letGo();
  expect(await store.deltas.append(deltas)).toEqual(['written', 'written', 'written']);
  for (const attempt of group) expect(await streamedText(store, attempt)).toBe('1 ');
});

test('a lost fence, a sealed operation and a deleted session are lost by themselves', async () => {
  const [superseded, sealed, deleted, ...current] = await beginMany(5);
  if (!superseded || !sealed || !deleted) throw new Error('five were begun');
  await beginAgain(store, superseded);
  await store.operations.seal(sealed.operation, {
    fence: sealed.fence,
    result: {},
    chunks: [],
    span: { status: 'ok', attributes: {} },
  });
  await store.sessions.remove(deleted.sessionId);
  const group = [superseded, ...current.slice(0, 1), sealed, deleted, ...current.slice(1)];
  expect(await store.deltas.append(group.map((attempt) => deltaOf(attempt, 1)))).toEqual([
    'lost',
    'written',
    'lost',
    'lost',
    'written',
  ]);
  for (const attempt of current) expect(await streamedText(store, attempt)).toBe('1 ');
  expect(await streamedText(store, superseded)).toBe('');
});

test('several batches of one stream in a group keep their order, and those that are there are not written again', async () => {
  const attempt = await beginStep(store);
  const written = [deltaOf(attempt, 1), deltaOf(attempt, 2)];
  expect(await store.deltas.append(written)).toEqual(['written', 'written']);
  expect(await store.deltas.append([...written, deltaOf(attempt, 3)])).toEqual(['written', 'written', 'written']);
  expect(await streamedText(store, attempt)).toBe('1 2 3 ');
});

test('what Postgres refuses in JSON is replaced', async () => {
  const attempt = await beginStep(store);
  expect(await store.deltas.append([deltaOf(attempt, 1, 'a\0b\ud800')])).toEqual(['written']);
  expect(await streamedText(store, attempt)).toBe('a\uFFFDb\uFFFD');
});
