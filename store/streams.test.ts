import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { streamOfSession } from '../contracts/ids.ts';
import { createTestDatabase } from '../test/support/database.ts';
import { sessionRow } from '../test/support/session-row.ts';
import { until } from '../test/support/until.ts';
import { openStore, type Store } from './store.ts';
import { createListener } from './wakeups.ts';

let store: Store;
beforeAll(async () => {
  store = openStore({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => store.close());

const writers = 8;
const perWriter = 300;
const total = writers * perWriter;

/** Each event in a transaction of its own that dawdles before its commit, so that commits come out of order. */
const write = async (client: Client, append: string, key: string): Promise<void> => {
  for (let index = 0; index < perWriter; index++) {
    await client.query('BEGIN');
    await client.query(append, [key]);
    await client.query('SELECT pg_sleep($1)', [Math.random() * 0.002]);
    await client.query('COMMIT');
  }
  await client.end();
};

/** Reads "position > cursor" while the writers write, as a viewer does; returns how many events it saw. */
const watch = async (read: (after: number) => Promise<number[]>, append: string, key: string): Promise<number> => {
  const clients = await Promise.all(Array.from({ length: writers }, () => store.database.connect()));
  let writing = true;
  const ended = Promise.all(clients.map((client) => write(client, append, key))).then(() => {
    writing = false;
  });
  let cursor = 0;
  let seen = 0;
  for (let last = false; !last; ) {
    last = !writing;
    const positions = await read(cursor);
    cursor = positions.at(-1) ?? cursor;
    seen += positions.length;
    await delay(1);
  }
  await ended;
  return seen;
};

describe('eight writers with random commit delays (P5)', () => {
  test('a reader of our stream sees every event', async () => {
    const id = `s_${randomUUID()}`;
    await store.sessions.create(sessionRow(id));
    const seen = await watch(
      async (after) => (await store.streams.read(id, after, 5000)).map(({ position }) => position),
      `SELECT append_event($1, 'message.withdrawn', '{"messageId":"m","code":"c"}')`,
      `session/${id}`,
    );
    expect(seen).toBe(total);
  });

  test('with positions of a plain sequence, the same reader misses some: the test can fail', async () => {
    await store.database.query('CREATE TABLE plain (position bigserial PRIMARY KEY, stream text)');
    const seen = await watch(
      async (after) => {
        const rows = await store.database.query<{ position: number }>(
          'SELECT position FROM plain WHERE position > $1 ORDER BY position',
          [after],
        );
        return rows.map(({ position }) => position);
      },
      'INSERT INTO plain (stream) VALUES ($1)',
      'any',
    );
    expect(seen).toBeLessThan(total);
  });
});

test('a wake-up reaches a listener, also after its connection was lost', async () => {
  const id = `s_${randomUUID()}`;
  const listener = createListener(store.database);
  let wakes = 0;
  const unsubscribe = listener.subscribe(streamOfSession(id), () => wakes++);
  const wakeUntil = (count: number) =>
    until('a wake-up', async () => {
      store.wake(id);
      await delay(5);
      return wakes >= count;
    });
  await wakeUntil(1);
  await store.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
  );
  await wakeUntil(wakes + 2);
  unsubscribe();
  await listener.close();
});
