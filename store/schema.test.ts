import { readFile, writeFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { openDatabase } from './database.ts';
import { dumpSchema } from './dump-schema.ts';
import { migrate } from './migrate.ts';

const file = new URL('schema.sql', import.meta.url);

test('schema.sql is what the migrations make; `npm run schema` writes it anew', async () => {
  const database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
  const schema = await dumpSchema(database);
  if (process.env.EVERTURN_WRITE_SCHEMA) await writeFile(file, schema);
  expect(await readFile(file, 'utf8')).toBe(schema);
  await database.close();
});

test('migrations run once, and refuse a database that a newer release has written or whose files have changed', async () => {
  const database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
  await Promise.all([migrate(database), migrate(database)]);
  await database.query(`INSERT INTO migrations (name, sha256) VALUES ('999_future.sql', 'x')`);
  await expect(migrate(database)).rejects.toMatchObject({
    code: 'data_version',
    message: expect.stringContaining('999_future.sql'),
  });
  await database.query(`DELETE FROM migrations WHERE name = '999_future.sql'`);
  await database.query(`UPDATE migrations SET sha256 = 'x' WHERE name = '001_foundation.sql'`);
  await expect(migrate(database)).rejects.toMatchObject({
    code: 'data_version',
    message: expect.stringContaining('001_foundation.sql'),
  });
  await database.close();
});
