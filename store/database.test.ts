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

test('what waits in one lane for a lock leaves the connections to others', async () => {
  const database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 0, max: 2 });
  const holder = await database.connect();
  try {
    await holder.query('SELECT pg_advisory_lock(1)');
    const burst = [0, 1, 2, 3].map(() => database.query('SELECT pg_advisory_xact_lock(1)', [], 'lane'));
    expect(await database.query<{ one: number }>('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await holder.query('SELECT pg_advisory_unlock(1)');
    await Promise.all(burst);
  } finally {
    await holder.end();
    await database.close();
  }
});
