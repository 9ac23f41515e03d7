import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
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

test('a migration stays as it landed: what changes goes into a new one, whose sum is added', async () => {
  const folder = new URL('migrations/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const sums = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder));
      return `${createHash('sha256').update(text).digest('hex')}  ${name}\n`;
    }),
  );
  expect(await readFile(new URL('SHA256SUMS', folder), 'utf8')).toBe(sums.join(''));
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
