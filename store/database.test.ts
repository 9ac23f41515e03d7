import { expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { openDatabase } from './database.ts';

test('a statement that found no free connection in time is tried again: nothing of it was sent', async () => {
  const database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 30_000, max: 1 });
  try {
    // Longer than the pool waits for a connection.
    const busy = database.query('SELECT pg_sleep(5.5)');
    const waiting = database.query<{ one: number }>('SELECT 1 AS one');
    expect(await waiting).toEqual([{ one: 1 }]);
    await busy;
  } finally {
    await database.close();
  }
});
