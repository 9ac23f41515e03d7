import { expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { openDatabase } from './database.ts';

test('waits for a busy connection even if it would not retry an absent server', async () => {
  const database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 0, max: 1 });
  try {
    // Longer than the limit for opening a connection.
    const busy = database.query('SELECT pg_sleep(5.5)');
    const waiting = database.query<{ one: number }>('SELECT 1 AS one');
    expect(await waiting).toEqual([{ one: 1 }]);
    await busy;
  } finally {
    await database.close();
  }
});

test('a burst in one lane leaves the connections to others', async () => {
  const database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 0, max: 2 });
  try {
    const order: string[] = [];
    const burst = [0, 1, 2, 3].map(async (n) => {
      await database.query('SELECT pg_sleep(0.3)', [], 'lane');
      order.push(`burst ${n}`);
    });
    await database.query('SELECT 1');
    order.push('other');
    await Promise.all(burst);
    expect(order).toEqual(['other', 'burst 0', 'burst 1', 'burst 2', 'burst 3']);
  } finally {
    await database.close();
  }
});

test('without a server, all of a lane are told so at once', async () => {
  const nobody = 'postgres://postgres@127.0.0.1:1/nobody';
  const database = openDatabase({ url: nobody, patienceMs: 100 });
  try {
    const asked = Array.from({ length: 50 }, () => database.query('SELECT 1', [], 'lane'));
    for (const outcome of await Promise.allSettled(asked)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'database_unavailable' } });
    }
  } finally {
    await database.close();
  }
});
